import APEXTypes
import ModuleConfiguration
import Testing
import TraceFormat

/// Partitions that offend after 200 ms: each is contained, and the others do not notice.
///
/// Each is compared with its innocent twin: the same image but for the instant of the offence, which is put off
/// beyond the run's end. So module, image sizes, boot and load up to the offence are the same, and the comparison is
/// exact to the nanosecond.
@Suite struct HostileTests {
  struct Offence: Sendable, CustomTestStringConvertible {
    var image: String
    var vector: UInt32
    var error: ErrorCode

    var testDescription: String { image }
  }
  static let offences = [
    Offence(image: "MemoryWriter", vector: 14, error: .memoryViolation),
    Offence(image: "InterruptDisabler", vector: 13, error: .illegalRequest),
    Offence(image: "PortWriter", vector: 13, error: .illegalRequest),
    Offence(image: "ZeroDivider", vector: 0, error: .numericError),
  ]
  static let milliseconds: UInt64 = 600
  static let idle = OperatingMode.idle.rawValue
  /// No `status`: that asks for the modes of all partitions, and one of them differs.
  static let stimulus = """
    0.050 serial "stats\\n"
    0.250 serial "echo hello\\n"
    0.400 serial "stats\\n"
    """

  @Test(arguments: offences) func aHostilePartitionIsContained(_ offence: Offence) throws {
    var module = try ModuleVariant.flightControl(loader: offence.image)
    module.stimulus = Self.stimulus
    let run = try CapturedRun.capture(module, milliseconds: Self.milliseconds)
    var twin = module
    twin.images[offence.image] = try HostileImage.bytes(offence.image, due: HostileImage.never)
    let innocent = try CapturedRun.capture(twin, milliseconds: Self.milliseconds)
    try Self.expectContained(run, offence)
    #expect(innocent.events(.exception).isEmpty)
    for name in ["Sensors", "Control", "Maintenance"] {
      let partition = try run.partition(name)
      let found = OwnWindows(run.events, of: partition)
      #expect(found.windows.count >= Int(Self.milliseconds) / 20 - 1)
      // Each window has what its partition does there at least: a switch to it, and a yield.
      #expect(found.windows.dropLast().allSatisfy { $0.matters.count >= 5 })
      let difference = found.difference(from: OwnWindows(innocent.events, of: partition))
      #expect(difference == nil, "\(name) notices \(offence.image)")
    }
    #expect(try Judge.replay(run.trace).verdict == .identical)
    let (report, _) = try Judge.verify(run.trace)
    #expect(report.claims(.fail) == [])
    #expect(report.claims(.unknown) == [])
    let exercised = report.claims.filter { $0.checked > 0 }.map(\.identifier)
    for claim in ["exception.answered", "health.action", "health.carriedOut", "mode.chain"] {
      #expect(exercised.contains(claim))
    }
  }

  /// What the comparison must not overlook, done to the events of a run one at a time.
  @Test func theComparisonNoticesSmallDifferences() throws {
    let run = try SharedRuns.inSmallBlocks.get()
    let sensors = try run.partition("Sensors")
    let original = OwnWindows(run.events, of: sensors)
    #expect(original.difference(from: original) == nil)
    func notices(_ change: (inout [TraceEvent]) throws -> Void) rethrows -> Bool {
      var events = run.events
      try change(&events)
      return OwnWindows(events, of: sensors).difference(from: original) != nil
    }
    let outside = try #require(
      run.events.firstIndex { $0.knownKind == .mark && $0.partition == sensors })
    let upcall = try #require(run.events.firstIndex { $0.knownKind == .upcall && $0.partition == sensors })
    let entry = try #require(run.events[upcall...].firstIndex { $0.knownKind == .hypercall && $0.partition == sensors })
    let start = try #require(
      run.events[entry...].firstIndex { $0.knownKind == .windowStart && $0.partition == sensors })
    let first = try #require(run.events[start...].firstIndex { $0.knownKind == .hypercall && $0.partition == sensors })
    #expect(notices { $0.remove(at: outside) })
    #expect(notices { $0[upcall].words.w0 += 1 })
    #expect(notices { $0[entry].time += 1 })
    #expect(notices { $0[entry].words.w0 += 1 })
    // One nanosecond later in ring 3, at the same first entry.
    #expect(notices { $0[first].words.w1 += 1 })
    #expect(notices { $0.remove(at: start) })
  }

  /// Exception, health action, idle; and never again an entry from the partition.
  private static func expectContained(_ run: CapturedRun, _ offence: Offence) throws {
    let loader = try run.partition("Loader")
    let exceptions = run.events(.exception)
    try #require(exceptions.count == 1)
    let (position, exception) = exceptions[0]
    #expect(exception.partition == loader)
    #expect(exception.operand & 0xFFFF == offence.vector)
    #expect(exception.time >= 200_000_000)

    let error = run.events[position + 1]
    #expect(error.knownKind == .healthError && error.partition == loader)
    #expect(error.detail == offence.error.rawValue)
    let action = run.events[position + 2]
    #expect(action.knownKind == .healthAction && action.partition == loader)
    #expect(action.operand == UInt32(offence.error.rawValue))
    #expect(action.detail == PartitionRecoveryAction.idle.rawValue)
    #expect(action.words.w0 == UInt64(offence.vector) + 1)
    let change = run.events[position + 3]
    #expect(change.knownKind == .modeChange && change.partition == loader && change.detail == idle)

    let rest = run.events[(position + 4)...]
    #expect(!rest.contains { $0.partition == loader && $0.knownKind?.eventClass == .input })
    #expect(!rest.contains { $0.knownKind == .partitionSwitch && $0.partition == loader })
    #expect(rest.contains { $0.knownKind == .windowStart && $0.partition == loader })
    // A hostile partition leaves a note where an offence did not stop it.
    let note = UInt32(HypercallNumber.note.rawValue)
    #expect(!run.events(.hypercall).contains { $0.event.partition == loader && $0.event.operand & 0xFFFF == note })
  }
}

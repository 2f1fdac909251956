import APEXTypes
import ModuleConfiguration
import TraceFormat

/// A run of the arena with an attack in it, and what can be said of it without another run.
struct AttackRun: Sendable {
  /// When the attacks begin, in ns.
  static let due: UInt64 = 40_000_000
  /// The first frames start the partitions; comparisons begin after them.
  static let settled: UInt64 = 2 * 9_876_543
  static let honest = ["Witness", "Observer"]
  private static let survival: UInt64 = 0x5355_5256_4956_4544  // "SURVIVED"
  private static let completion: UInt64 = 0x434F_4D50_4C45_5445  // "COMPLETE"

  /// The same arena with nobody but an innocent in it, for as long as the longest attack.
  static let innocent = Result {
    try CapturedRun.capture(.arena(attacker: "NeverYield", due: HostileImage.never), milliseconds: 320)
  }
  /// The same where COM1 is the innocent's.
  static let innocentWithSerialLine = Result {
    try CapturedRun.capture(
      givingSerialLine(.arena(attacker: "NeverYield", due: HostileImage.never)), milliseconds: 320)
  }

  /// What an attack's run is compared with.
  static func innocent(of attack: Attack) throws -> CapturedRun {
    try (attack.ownsSerialLine ? innocentWithSerialLine : innocent).get()
  }

  private static func givingSerialLine(_ module: ModuleVariant) throws -> ModuleVariant {
    let process = "<Process Name=\"attack\" StackSize=\"0x10000\"/>"
    let line = "<p:Line Number=\"4\" Policy=\"MASKED_UNTIL_OWNER\" Recipe=\"OWNER_READS_RECEIVER\">"
    return try module.replacing(process, by: process + "<p:PortGrant First=\"0x3F8\" Count=\"8\"/>")
      .replacing(
        "<p:Line Number=\"8\"", by: line + "<p:Owner PartitionIdentifier=\"3\"/></p:Line><p:Line Number=\"8\"")
  }

  let run: CapturedRun
  let attacker: UInt8

  init(_ attack: Attack) throws {
    var module = try ModuleVariant.arena(attacker: attack.name, due: Self.due, action: attack.action)
    if attack.losesEvents { module = try module.replacing("RingBytes=\"0x1000000\"", by: "RingBytes=\"0x10000\"") }
    if attack.overflowsDepth {
      module = try module.replacing(
        "p:Image=\"\(attack.name)\"",
        by: "p:Image=\"\(attack.name)\" p:MaximumUpcallDepth=\"\(ModuleLimits.maximumUpcallDepth)\"")
    }
    if attack.ownsSerialLine { module = try Self.givingSerialLine(module) }
    run = try CapturedRun.capture(module, milliseconds: attack.milliseconds)
    attacker = try run.partition("Attacker")
  }

  /// What partitions have noted: the two words.
  static func notes(_ run: CapturedRun, of partition: UInt8) -> [(UInt64, UInt64)] {
    let number = UInt32(HypercallNumber.note.rawValue)
    return run.events.filter {
      $0.knownKind == .hypercall && $0.partition == partition && $0.operand & 0xFFFF == number
    }.map { ($0.words.w3, $0.words.w4) }
  }

  /// Offences that were not stopped.
  var survivals: [UInt64] { Self.notes(run, of: attacker).filter { $0.0 == Self.survival }.map(\.1) }

  /// The attack's own finding, if it was carried out to its end.
  var finding: UInt64? { Self.notes(run, of: attacker).last { $0.0 == Self.completion }?.1 }

  var exceptions: [TraceEvent] {
    run.events.filter { $0.knownKind == .exception && $0.partition == attacker }
  }
  var exceptionVectors: Set<UInt8> { Set(exceptions.map { UInt8(truncatingIfNeeded: $0.operand) }) }
  var healthActions: [TraceEvent] {
    run.events.filter { $0.knownKind == .healthAction && $0.partition == attacker }
  }

  /// Inputs from the attacker after it was idled.
  var inputsAfterIdling: Int {
    let idle = OperatingMode.idle.rawValue
    guard
      let end = run.events.firstIndex(where: {
        $0.knownKind == .modeChange && $0.partition == attacker && $0.detail == idle
      })
    else { return -1 }
    return run.events[end...].count { $0.partition == attacker && $0.knownKind?.eventClass == .input }
  }

  /// What a witness has measured and found, in all its windows.
  struct Testimony: Equatable {
    var windows = 0
    /// Greatest distance of a window's first instruction from its instant, ns.
    var startError: UInt64 = 0
    /// Bits of what was ever found wrong with registers, memory, messages.
    var wrong: UInt64 = 0
  }

  static func testimony(of name: String, in run: CapturedRun) throws -> Testimony {
    var result = Testimony()
    for (errors, state) in notes(run, of: try run.partition(name)) {
      result.windows += 1
      result.startError = max(result.startError, errors >> 32)
      result.wrong |= state >> 32
    }
    return result
  }
}

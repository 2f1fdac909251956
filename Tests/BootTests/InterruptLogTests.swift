import Testing
import TraceFormat
import TraceReading

/// The emulator's own log of the interrupts and exceptions that it took, against the trace: an oracle that shares no code
/// with the kernel.
///
/// The log has no times. The kernel lets no interrupt in between its boot and the first partition, and the boot code before
/// it takes none, so the log begins with the trace's first entry. After the end event the kernel lets the drainer write out
/// what is left, stopping it each millisecond by the timer: these entries are in the log and cannot be in the trace.
/// They are told apart by their place (after as many entries as the trace has), vector and page tables (the drainer's).
@Suite struct InterruptLogTests {
  static let timerVector: UInt16 = 0xE0

  /// An entry of the log: what QEMU writes of one interrupt or exception.
  struct Entry: Equatable {
    var vector: UInt16
    var privilegeLevel: Int
    var instructionPointer: UInt64
    /// The page tables of whoever was interrupted.
    var root: UInt64
  }

  /// Reads the log: a line `N: v=XX … cpl=P IP=SEL:ADDRESS …`, then the registers, `CR3=…` among them.
  static func entries(of log: String) -> [Entry] {
    var entries: [Entry] = []
    for line in log.split(separator: "\n") {
      if let vector = value(of: " v=", in: line, radix: 16) {
        let level = value(of: " cpl=", in: line, radix: 16) ?? .max
        entries.append(
          Entry(
            vector: UInt16(vector), privilegeLevel: Int(level),
            instructionPointer: value(of: " pc=", in: line, radix: 16) ?? 0, root: 0))
      } else if line.hasPrefix("CR0="), let root = value(of: " CR3=", in: line, radix: 16), !entries.isEmpty {
        entries[entries.count - 1].root = root
      }
    }
    return entries
  }

  private static func value(of name: String, in line: Substring, radix: Int) -> UInt64? {
    guard let range = line.firstRange(of: name) else { return nil }
    return UInt64(line[range.upperBound...].prefix { $0.isHexDigit }, radix: radix)
  }

  /// The entries that the trace says the kernel had through the interrupt table: a pulse of the test device has none.
  static func traced(_ run: CapturedRun) -> [TraceEvent] {
    let kinds = [EventKind.interrupt, .timer, .exception].map(\.rawValue)
    return run.events.filter { kinds.contains($0.kind) && !EntrySnapshot($0).flags.contains(.isPulse) }
  }

  static func compare(_ run: CapturedRun) throws {
    let logged = entries(of: run.interruptLog)
    let traced = traced(run)
    try #require(!traced.isEmpty && logged.count >= traced.count, "\(logged.count) logged, \(traced.count) traced")
    let during = logged[..<traced.count], after = logged[traced.count...]

    // The sequence of vectors between boot and end.
    let difference = zip(during, traced).enumerated().first { $0.element.0.vector != UInt16($0.element.1.operand & 0xFFFF) }
    #expect(difference == nil, "the entry \(difference?.offset ?? -1) is another one in the log")

    // The number of each vector; what is left over is the timer that stops the drainer after the end.
    let drainer = try #require(run.partitions.firstIndex(of: "Drainer"))
    for vector in Set(logged.map(\.vector)).union(traced.map { UInt16($0.operand & 0xFFFF) }) {
      let inTrace = traced.count { UInt16($0.operand & 0xFFFF) == vector }
      let inLog = logged.count { $0.vector == vector }
      #expect(inLog - inTrace == (vector == timerVector ? after.count : 0), "vector \(vector)")
    }
    #expect(after.allSatisfy { $0.vector == timerVector && $0.privilegeLevel == 3 })

    // Who was interrupted: ring and page tables, one root for each partition and another for each other.
    var roots: [UInt8: UInt64] = [:]
    for (entry, event) in zip(during, traced) {
      #expect((entry.privilegeLevel == 3) == (event.partition != 0xFF))
      if let known = roots[event.partition] {
        if known != entry.root { Issue.record("partition \(event.partition) had two page tables") }
      } else {
        roots[event.partition] = entry.root
      }
      if event.kind == EventKind.exception.rawValue { #expect(entry.instructionPointer == event.words.w4) }
    }
    #expect(Set(roots.values).count == roots.count)
    #expect(after.allSatisfy { $0.root == roots[UInt8(drainer)] })
  }

  @Test func everyVectorIsInTheTraceAsOftenAsTheEmulatorTookIt() throws {
    let run = try SharedRuns.logged.get()
    try Self.compare(run)
    // Lines 0, 4 and 8 and the timer: the comparison was of something.
    let vectors = Set(Self.traced(run).map { UInt16($0.operand & 0xFFFF) })
    #expect(vectors == [32, 36, 40, Self.timerVector])
  }

  @Test func exceptionsAreInTheTraceAsOftenAsTheEmulatorTookThem() throws {
    let run = try CapturedRun.capture(.flightControl(loader: "ZeroDivider"), milliseconds: 300, logsInterrupts: true)
    try Self.compare(run)
    #expect(Self.traced(run).contains { $0.kind == EventKind.exception.rawValue })
  }
}

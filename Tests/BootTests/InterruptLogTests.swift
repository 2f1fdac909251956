import Testing
import TraceFormat
import TraceReading

/// The emulator's own log of the interrupts and exceptions that it took, against the trace: an oracle that shares no
/// code with the kernel.
///
/// The log has no times. The kernel lets no interrupt in between its boot and the first partition, and the boot code
/// before it takes none, so the log begins with the trace's first entry. After the end event the kernel lets the
/// drainer write out what is left, stopping it each millisecond by the timer: these entries are in the log and cannot
/// be in the trace. They are told apart by their place (after as many entries as the trace has), vector and page
/// tables (the drainer's).
@Suite struct InterruptLogTests {
  static let timerVector: UInt16 = 0xE0

  /// An entry of the log: what QEMU writes of one interrupt or exception.
  struct Entry: Equatable {
    var vector: UInt16
    var privilegeLevel: Int
    var instructionPointer: UInt64
    /// The page tables of whoever was interrupted.
    var root: UInt64
    var flags: UInt64 = 0

    /// The trap behind a window's first instruction, which the switcher deals with itself: ring 3 has interrupts off
    /// nowhere else.
    var isFirstInstruction: Bool { vector == 1 && privilegeLevel == 3 && flags & 0x200 == 0 }
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
      } else if let flags = value(of: " RFL=", in: line, radix: 16), !entries.isEmpty {
        entries[entries.count - 1].flags = flags
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

  /// What differs between log and trace, in sentences; nothing where they agree.
  static func differences(_ run: CapturedRun, log: [Entry], traced: [TraceEvent]) -> [String] {
    guard !traced.isEmpty, log.count >= traced.count else { return ["\(log.count) logged, \(traced.count) traced"] }
    let during = log[..<traced.count], after = log[traced.count...]
    var found: [String] = []

    // The sequence of vectors between boot and end.
    let other = zip(during, traced).enumerated().first { $0.element.0.vector != UInt16($0.element.1.operand & 0xFFFF) }
    if let other { found.append("entry \(other.offset) is vector \(other.element.0.vector) in the log") }

    // The number of each vector; what is left over is the timer that stops the drainer after the end.
    for vector in Set(log.map(\.vector)).union(traced.map { UInt16($0.operand & 0xFFFF) }) {
      let inTrace = traced.count { UInt16($0.operand & 0xFFFF) == vector } + (vector == timerVector ? after.count : 0)
      let inLog = log.count { $0.vector == vector }
      if inLog != inTrace { found.append("vector \(vector): \(inLog) times in the log, \(inTrace) times in the trace") }
    }
    return found + differencesOfTheInterrupted(run, during, after, traced)
  }

  /// Who was interrupted: ring and page tables, one root for each partition and another for each other.
  private static func differencesOfTheInterrupted(
    _ run: CapturedRun, _ during: ArraySlice<Entry>, _ after: ArraySlice<Entry>, _ traced: [TraceEvent]
  ) -> [String] {
    var found: [String] = []
    var roots: [UInt8: UInt64] = [:]
    for (index, (entry, event)) in zip(during, traced).enumerated() {
      if (entry.privilegeLevel == 3) != (event.partition != 0xFF) { found.append("entry \(index): another ring") }
      if let known = roots[event.partition], known != entry.root { found.append("entry \(index): other page tables") }
      roots[event.partition] = entry.root
      if event.kind == EventKind.exception.rawValue, entry.instructionPointer != event.words.w4 {
        found.append("entry \(index): the exception is at another instruction")
      }
    }
    if Set(roots.values).count != roots.count { found.append("two partitions have one root: \(roots)") }
    let drainer = run.partitions.firstIndex(of: "Drainer").map { roots[UInt8($0)] }
    if !after.allSatisfy({ $0.privilegeLevel == 3 && $0.root == drainer }) {
      found.append("after the end something else than the drainer was interrupted")
    }
    return found
  }

  @Test func everyVectorIsInTheTraceAsOftenAsTheEmulatorTookIt() throws {
    let run = try SharedRuns.logged.get()
    let all = Self.entries(of: run.interruptLog), traced = Self.traced(run)
    let log = all.filter { !$0.isFirstInstruction }
    #expect(Self.differences(run, log: log, traced: traced) == [])
    // One for each window whose first instruction is no `syscall` and no fault.
    let starts = all.count - log.count
    #expect(starts > 300 && starts <= run.events.count { $0.knownKind == .padded })
    // Lines 0, 4 and 8 and the timer: the comparison was of something.
    let vectors = Set(Self.traced(run).map { UInt16($0.operand & 0xFFFF) })
    #expect(vectors == [32, 36, 40, Self.timerVector])
  }

  @Test func exceptionsAreInTheTraceAsOftenAsTheEmulatorTookThem() throws {
    let run = try CapturedRun.capture(.flightControl(loader: "ZeroDivider"), milliseconds: 300, logsInterrupts: true)
    let log = Self.entries(of: run.interruptLog).filter { !$0.isFirstInstruction }
    #expect(Self.differences(run, log: log, traced: Self.traced(run)) == [])
    #expect(Self.traced(run).contains { $0.kind == EventKind.exception.rawValue })
  }

  /// One entry more, one less, or one of another kind: the comparison notices each.
  @Test func theComparisonNoticesSmallDifferences() throws {
    let run = try SharedRuns.logged.get()
    let log = Self.entries(of: run.interruptLog).filter { !$0.isFirstInstruction }, traced = Self.traced(run)
    func notices(_ change: (inout [Entry]) -> Void) -> Bool {
      var changed = log
      change(&changed)
      return !Self.differences(run, log: changed, traced: traced).isEmpty
    }
    let middle = traced.count / 2
    #expect(notices { $0.remove(at: middle) })
    #expect(notices { $0.insert($0[middle], at: middle) })
    #expect(notices { $0.append(log.first { $0.vector == 40 } ?? log[0]) })
    #expect(notices { $0[middle].vector ^= 1 })
    #expect(notices { $0[middle].root ^= 0x1000 })
    #expect(notices { $0[middle].privilegeLevel ^= 3 })
    var fewer = traced
    fewer.remove(at: middle)
    #expect(Self.differences(run, log: log, traced: fewer) != [])
    // Two neighbours that are not the same change places.
    let swap = log.indices.dropLast().first { $0 < traced.count - 1 && log[$0].vector != log[$0 + 1].vector } ?? 0
    #expect(notices { $0.swapAt(swap, swap + 1) })
  }
}

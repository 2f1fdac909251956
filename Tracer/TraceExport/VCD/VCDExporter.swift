import ModuleConfiguration
import TraceFormat
import TraceReading

/// A trace as waveforms for GTKWave and its kin: value change dump, IEEE 1364.
///
/// | signal | meaning |
/// |---|---|
/// | `kernel` | 1 while the CPU is in the kernel |
/// | `running` | index + 1 of the partition that has the CPU, 0 for the idle loop |
/// | `frame`, `schedule` | number of the major frame, index of its schedule |
/// | `lost` | 1 where events are missing; all other signals are unknown (x) there |
/// | `lines.NAME` | 1 from a line's interrupt to its end of interrupt |
/// | `PARTITION.window` | 1 within its windows |
/// | `PARTITION.ring3` | 1 while it executes |
/// | `PARTITION.marks` | marks that wait, all vectors together; after a gap those that came since |
/// | `PARTITION.upcalls` | upcalls that are not finished |
/// | `PARTITION.mode` | operating mode: 0 idle, 1 cold start, 2 warm start, 3 normal |
/// | `PARTITION.process_NAME` | 1 while the process has the processor, as the partition's scheduler tells |
public final class VCDExporter: TraceExporter {
  private enum Module: Int, CaseIterable {
    case kernel, running, frame, schedule, lost
    var bits: Int { [1, 9, 32, 8, 1][rawValue] }
  }
  private enum Part: Int, CaseIterable {
    case window, ring3, marks, upcalls, mode
    var bits: Int { [1, 1, 32, 8, 2][rawValue] }
  }
  private static let lineCount = 16

  private let file: ExportFile
  private let partitionCount: Int
  private var signals: [VCDSignal] = []
  /// Where the signals of partitions begin.
  private var firstSignals: [Int] = []
  /// The signals of the module table's processes; nil for those of a partition that is none.
  private var processSignals: [Int?] = []
  /// Which process has the processor is unknown since a gap.
  private var isProcessorUnknown = false
  private var time: UInt64?
  private var waiting: [UInt16: UInt64] = [:]
  private var openLine: Int?
  private var ringThree: UInt8?
  /// Nothing has been told behind a gap yet: if nothing follows, the trace ends in it.
  private var isGapEnding = false

  /// What went wrong in the file.
  public var failure: ExportFailure? { file.failure }

  /// Writes the head of the dump, with all signals of the reader's module; their values follow with the first change.
  public init(_ file: ExportFile, _ reader: TraceReader) {
    self.file = file
    let table = reader.moduleTable
    let vocabulary = TraceVocabulary(table)
    partitionCount = vocabulary.partitions.count
    file.write("$version Partita $end\n$timescale 1 ns $end\n")
    var seen: Set<String> = ["lines"]
    let scopes = vocabulary.partitions.enumerated().map { index, partition in
      let plain = VCDSignal.plain(partition)
      return seen.insert(plain).inserted ? plain : "\(plain)_\(index)"
    }
    for (index, scope) in scopes.enumerated() {
      file.write("$comment running = \(index + 1): \(scope) $end\n")
    }
    let name = VCDSignal.plain(TraceVocabulary.text(table, table.module.name))
    file.write("$scope module \(name) $end\n")
    for signal in Module.allCases { declare("\(signal)", signal.bits) }
    file.write("$scope module lines $end\n")
    for line in 0..<Self.lineCount {
      // The vector and, of most, what the line is called.
      let name = TraceVocabulary.vector(UInt64(32 + line)).dropFirst(3)
      declare(VCDSignal.plain("line\(line)" + (name.isEmpty ? "" : "_" + name)), 1)
    }
    file.write("$upscope $end\n")
    let processes = (0..<table.count(ProcessRecord.self)).map { table.record(ProcessRecord.self, $0) }
    processSignals = processes.map { _ in nil }
    for (index, scope) in scopes.enumerated() {
      file.write("$scope module \(scope) $end\n")
      firstSignals.append(signals.count)
      for signal in Part.allCases { declare("\(signal)", signal.bits) }
      var known: Set<String> = []
      for (process, record) in processes.enumerated() where Int(record.partition.rawValue) == index {
        let plain = "process_" + VCDSignal.plain(TraceVocabulary.text(table, record.name))
        processSignals[process] = signals.count
        declare(known.insert(plain).inserted ? plain : "\(plain)_\(process)", 1)
      }
      file.write("$upscope $end\n")
    }
    file.write("$upscope $end\n$enddefinitions $end\n")
  }

  private func declare(_ name: String, _ bits: Int) {
    signals.append(VCDSignal(number: signals.count, name, bits: bits))
    file.write(signals[signals.count - 1].declaration)
  }

  // MARK: Values

  private func move(to instant: UInt64) {
    guard time != instant else { return }
    let isFirst = time == nil
    time = instant
    file.write("#\(instant)\n")
    guard isFirst else { return }
    file.write("$dumpvars\n")
    for signal in signals { file.write(signal.text) }
    file.write("$end\n")
  }

  private func set(_ index: Int, _ value: UInt64?, at instant: UInt64) {
    guard signals[index].value != value || time == nil else { return }
    move(to: instant)
    signals[index].value = value
    file.write(signals[index].text)
  }

  private func set(_ signal: Module, _ value: UInt64?, at instant: UInt64) { set(signal.rawValue, value, at: instant) }

  private func setLine(_ line: Int, _ value: UInt64?, at instant: UInt64) {
    set(Module.allCases.count + line, value, at: instant)
  }

  private func index(_ signal: Part, _ partition: UInt8) -> Int? {
    guard Int(partition) < partitionCount else { return nil }
    return firstSignals[Int(partition)] + signal.rawValue
  }

  private func set(_ signal: Part, _ partition: UInt8, _ value: UInt64?, at instant: UInt64) {
    guard let index = index(signal, partition) else { return }
    set(index, value, at: instant)
  }

  private func value(_ signal: Part, _ partition: UInt8) -> UInt64? {
    index(signal, partition).flatMap { signals[$0].value }
  }

  // MARK: What comes in

  /// Ends a line's pulse at the end of interrupt; all else comes as changes.
  public func add(_ event: TraceEvent, position: UInt64) {
    endGap(at: max(event.time, time ?? 0))
    guard event.kind == EventKind.acknowledged.rawValue, openLine == Int(event.operand) - 32 else { return }
    // A hostile trace may go backwards; waves do not.
    closeLine(at: max(event.time, time ?? 0))
  }

  private func endGap(at instant: UInt64) {
    guard isGapEnding else { return }
    isGapEnding = false
    set(.lost, 0, at: instant)
  }

  private func closeLine(at instant: UInt64) {
    guard let line = openLine else { return }
    openLine = nil
    setLine(line, 0, at: instant)
  }

  /// Writes what becomes of the signals; instants never go back.
  public func add(_ change: TimelineChange, at instant: UInt64, position: UInt64) {
    if time == nil { begin(at: instant) }
    endGap(at: instant)
    switch change {
    case .frame(let frame):
      set(.frame, UInt64(frame.number), at: instant)
      set(.schedule, UInt64(frame.schedule), at: instant)
    case .windowBegan(let window):
      settle(.window, at: instant)
      set(.window, window.partition, 1, at: instant)
    case .windowEnded(let window): set(.window, window.partition, 0, at: instant)
    case .entered(let entry): enter(entry, at: instant)
    case .left(_, let partition): leave(to: partition, at: instant)
    case .inRingThree(let partition, _, _):
      setRunningIfUnknown(partition, at: instant)
      leave(to: partition, at: instant)
    case .switched(let change), .holding(let change):
      set(.running, change.to == 0xFF ? 0 : UInt64(change.to) + 1, at: instant)
    case .marked(let partition, let vector, let count, _): mark(partition, vector, count, at: instant)
    case .waiting(let partition, let vector, let count, _): mark(partition, vector, count, at: instant)
    case .marksCleared(let partition):
      for key in waiting.keys where UInt8(key >> 8) == partition { waiting[key] = nil }
      set(.marks, partition, 0, at: instant)
    case .upcallBegan(let upcall):
      set(.upcalls, upcall.partition, (value(.upcalls, upcall.partition) ?? 0) + 1, at: instant)
      let before = waiting[UInt16(upcall.partition) << 8 | UInt16(upcall.vector)] ?? 0
      mark(upcall.partition, upcall.vector, before - min(before, upcall.coalesced), at: instant)
    case .upcallEnded(let upcall):
      let depth = value(.upcalls, upcall.partition) ?? 1
      set(.upcalls, upcall.partition, depth > 0 ? depth - 1 : 0, at: instant)
    case .mode(let change):
      // A number that is no mode is unknown, not the greatest one that fits.
      set(.mode, change.partition, change.mode <= 3 ? UInt64(change.mode) : nil, at: instant)
    case .forgotten:
      for index in signals.indices where index != Module.lost.rawValue { set(index, nil, at: instant) }
      waiting = [:]
      openLine = nil
      ringThree = nil
      isProcessorUnknown = true
      set(.lost, 1, at: instant)
    case .lost: isGapEnding = true
    case .runs(let run):
      // One at a time: those of which a gap took the knowledge are known not to be it.
      if isProcessorUnknown { settleProcesses(at: instant) }
      setProcess(run.process, 1, at: instant)
    case .runsNoLonger(let run, _, _): setProcess(run.process, 0, at: instant)
    case .answered, .released, .delayed, .completed, .late, .stopped, .overdue: break
    }
  }

  private func setProcess(_ process: Int, _ value: UInt64, at instant: UInt64) {
    if let signal = processSignals[process] { set(signal, value, at: instant) }
  }

  private func settleProcesses(at instant: UInt64) {
    isProcessorUnknown = false
    for process in processSignals.indices { setProcess(process, 0, at: instant) }
  }

  /// What is known from the beginning: nothing is lost yet, and no line is up.
  private func begin(at instant: UInt64) {
    set(.lost, 0, at: instant)
    for line in 0..<Self.lineCount { setLine(line, 0, at: instant) }
    for partition in 0..<UInt8(min(partitionCount, 255)) {
      for signal in [Part.window, .ring3, .marks, .upcalls] { set(signal, partition, 0, at: instant) }
    }
    settleProcesses(at: instant)
  }

  private func enter(_ entry: KernelEntry, at instant: UInt64) {
    if let partition = ringThree { set(.ring3, partition, 0, at: instant) }
    ringThree = nil
    set(.kernel, 1, at: instant)
    settle(.ring3, at: instant)
    for line in 0..<Self.lineCount where signals[Module.allCases.count + line].value == nil {
      setLine(line, 0, at: instant)
    }
    setRunningIfUnknown(entry.partition, at: instant)
    guard entry.acknowledged == nil, entry.event.kind == EventKind.interrupt.rawValue,
      (32..<48).contains(entry.what)
    else { return }
    openLine = Int(entry.what) - 32
    setLine(Int(entry.what) - 32, 1, at: instant)
  }

  /// After a gap the interrupted partition is what is known of the CPU.
  private func setRunningIfUnknown(_ partition: UInt8, at instant: UInt64) {
    guard signals[Module.running.rawValue].value == nil else { return }
    set(.running, partition == 0xFF ? 0 : UInt64(partition) + 1, at: instant)
  }

  /// One partition at a time: those of which a gap took the knowledge are known not to be it.
  private func settle(_ signal: Part, at instant: UInt64) {
    for partition in 0..<UInt8(min(partitionCount, 255)) where value(signal, partition) == nil {
      set(signal, partition, 0, at: instant)
    }
  }

  private func leave(to partition: UInt8?, at instant: UInt64) {
    closeLine(at: instant)
    set(.kernel, 0, at: instant)
    guard let partition, partition != 0xFF else { return }
    ringThree = partition
    set(.ring3, partition, 1, at: instant)
  }

  private func mark(_ partition: UInt8, _ vector: UInt8, _ count: UInt64, at instant: UInt64) {
    let key = UInt16(partition) << 8 | UInt16(vector)
    waiting[key] = count == 0 ? nil : count
    let total = waiting.reduce(UInt64(0)) { UInt8($1.key >> 8) == partition ? $0 &+ $1.value : $0 }
    set(.marks, partition, total, at: instant)
  }

  /// Writes the last instant, so that viewers show the trace up to there.
  public func finish(at instant: UInt64) throws(ExportFailure) {
    move(to: max(instant, time ?? 0))
    file.flush()
  }
}

import APEXTypes
import ModuleConfiguration
import TraceFormat
import TraceReading

/// The stream `control_flow`: scheduling, interrupts and hypercalls as LTTng would have recorded them of Linux.
///
/// A partition is a process with one thread, whose identifier is its index + 1; the idle loop is thread 0. While
/// events are missing, a thread of its own has the CPU, so that no view shows a partition that may not have run.
final class CTFControlFlow {
  enum Event {
    static let schedulerSwitch: UInt16 = 0
    static let wakeUp: UInt16 = 1
    static let interruptEntry: UInt16 = 2
    static let interruptExit: UInt16 = 3
    static let processState: UInt16 = 4
    static let gap: UInt16 = 5
    static let unknownCallEntry: UInt16 = 6
    static let unknownCallExit: UInt16 = 7
    static let callEntry: UInt16 = 0x100
    static let callExit: UInt16 = 0x200
  }
  static let lostThread: UInt64 = 9999
  static let lostName = "(events lost)"

  let stream: CTFStream
  private let vocabulary: TraceVocabulary
  private var hasBegun = false
  private var openInterrupt: UInt16?
  private var openCall: KernelEntry?
  private var lastStatus: UInt8?
  private var current: UInt8?
  private var isLost = false
  /// Partitions in mode IDLE: their windows do not wake them.
  private var idle: Set<UInt8> = []

  /// What a thread is in when it loses the CPU, as Linux numbers it.
  private enum State: UInt64 {
    case ready = 0
    case asleep = 1
    /// Trace Compass has no name for it, and shows it as unknown.
    case unknown = 4
  }

  init(_ stream: CTFStream, _ vocabulary: TraceVocabulary) {
    self.stream = stream
    self.vocabulary = vocabulary
  }

  // MARK: What comes in

  func add(_ event: TraceEvent) {
    guard event.kind == EventKind.acknowledged.rawValue, openInterrupt == UInt16(truncatingIfNeeded: event.operand)
    else { return }
    closeInterrupt(event.time)
  }

  func add(_ change: TimelineChange, at time: UInt64) {
    if !hasBegun { introduce(time) }
    switch change {
    case .entered(let entry): enter(entry, time)
    case .answered(let call, let status, _):
      if openCall?.position == call.position { lastStatus = status }
      close(time)
    case .left: close(time)
    case .inRingThree(let partition, _, _):
      if current == nil, partition != 0xFF { hold(partition, time) }
    case .switched(let change):
      close(time)
      if isLost { leaveGap(to: change.from, time) }
      writeSwitch(
        thread(change.from), name(change.from), change.isReady ? .ready : .asleep, thread(change.to),
        name(change.to), time)
      current = change.to
    case .holding(let change): hold(change.to, time)
    case .windowBegan(let window):
      guard window.partition != current, !window.hasYielded, !idle.contains(window.partition) else { break }
      stream.beginEvent(Event.wakeUp, at: time)
      stream.put(name(window.partition))
      stream.put(thread(window.partition), bytes: 4)
      stream.put(0, bytes: 4)
      stream.put(0, bytes: 4)
    case .forgotten: beginGap(time)
    case .mode(let change):
      if change.mode == OperatingMode.idle.rawValue {
        idle.insert(change.partition)
      } else {
        idle.remove(change.partition)
      }
    case .lost(let count, _, _, let reason):
      // The other stream counts them as discarded; twice would be too often.
      stream.beginEvent(Event.gap, at: time)
      stream.put(count ?? 0, bytes: 8)
      stream.put(count == nil ? 0 : 1, bytes: 1)
      stream.put(reason)
    default: break
    }
  }

  /// A partition has the CPU when the export begins.
  private func hold(_ partition: UInt8, _ time: UInt64) {
    writeSwitch(thread(0xFF), name(0xFF), .asleep, thread(partition), name(partition), time)
    current = partition
  }

  /// Of a stay that is open where the export begins, the interrupt or the call may be over already.
  private func enter(_ entry: KernelEntry, _ time: UInt64) {
    close(time)
    if isLost { leaveGap(to: entry.partition, time) }
    switch entry.event.knownKind {
    case .interrupt where entry.acknowledged == nil:
      openInterrupt = entry.what
      stream.beginEvent(Event.interruptEntry, at: time)
      stream.put(UInt64(entry.what) &- 32, bytes: 4)
      stream.put(TraceVocabulary.vector(UInt64(entry.what)))
    case .hypercall where entry.answered == nil:
      openCall = entry
      let number = HypercallNumber(rawValue: entry.what)
      stream.beginEvent(number.map { Event.callEntry + $0.rawValue } ?? Event.unknownCallEntry, at: time)
      for index in 0..<5 {
        stream.put(index < number?.argumentCount ?? 5 ? entry.event.words[3 + index] : 0, bytes: 8)
      }
    default: break
    }
  }

  // MARK: What ends

  private func close(_ time: UInt64) {
    closeInterrupt(time)
    closeCall(time)
  }

  private func closeInterrupt(_ time: UInt64) {
    guard let vector = openInterrupt else { return }
    openInterrupt = nil
    stream.beginEvent(Event.interruptExit, at: time)
    stream.put(UInt64(vector) &- 32, bytes: 4)
    stream.put(1, bytes: 4)
  }

  private func closeCall(_ time: UInt64) {
    guard let call = openCall else { return }
    openCall = nil
    let number = HypercallNumber(rawValue: call.what)
    stream.beginEvent(number.map { Event.callExit + $0.rawValue } ?? Event.unknownCallExit, at: time)
    // A call that is never answered ends with -1.
    stream.put(lastStatus.map(UInt64.init) ?? .max, bytes: 8)
    lastStatus = nil
  }

  // MARK: Gaps

  private func beginGap(_ time: UInt64) {
    close(time)
    isLost = true
    idle = []
    writeSwitch(
      current.map(thread) ?? 0, current.map(name) ?? name(0xFF), .unknown, Self.lostThread, Self.lostName, time)
    current = nil
  }

  private func leaveGap(to partition: UInt8, _ time: UInt64) {
    isLost = false
    writeSwitch(Self.lostThread, Self.lostName, .asleep, thread(partition), name(partition), time)
    current = partition
  }

  // MARK: Pieces

  private func thread(_ partition: UInt8) -> UInt64 { partition == 0xFF ? 0 : UInt64(partition) + 1 }
  private func name(_ partition: UInt8) -> String { partition == 0xFF ? "swapper/0" : vocabulary.partition(partition) }

  private func writeSwitch(
    _ previous: UInt64, _ previousName: String, _ state: State, _ next: UInt64, _ nextName: String, _ time: UInt64
  ) {
    stream.beginEvent(Event.schedulerSwitch, at: time)
    stream.put(previousName)
    stream.put(previous, bytes: 4)
    stream.put(0, bytes: 4)
    stream.put(state.rawValue, bytes: 8)
    stream.put(nextName)
    stream.put(next, bytes: 4)
    stream.put(0, bytes: 4)
  }

  /// Names the threads, all of them waiting.
  private func introduce(_ time: UInt64) {
    hasBegun = true
    for index in vocabulary.partitions.indices where index < 0xFF {
      stream.beginEvent(Event.processState, at: time)
      // tid, vtid, pid, vpid, ppid, vppid; then the name; type, mode, submode, status (5: waiting); CPU.
      for _ in 0..<4 { stream.put(UInt64(index) + 1, bytes: 4) }
      for _ in 0..<2 { stream.put(0, bytes: 4) }
      stream.put(vocabulary.partitions[index])
      for value in [0, 5, 0, 5] as [UInt64] { stream.put(value, bytes: 4) }
      stream.put(0, bytes: 4)
    }
  }
}

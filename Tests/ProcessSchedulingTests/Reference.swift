import APEXTypes
import ModuleConfiguration
import ProcessScheduling

typealias ProcessTellingState = ProcessTelling.State

/// What the headers of the C library and the standard say of processes, slowly and simply: whoever is ready is so
/// because it waits for nothing, queues are lists, and so is the order in which processes have become ready.
final class Reference: Decider {
  var processes: [ReferenceProcess] = []
  var semaphores: [ReferenceSemaphore] = []
  var events: [ReferenceEvent] = []
  var mutexes: [ReferenceMutex] = []
  var buffers: [ReferenceBuffer] = []
  var blackboards: [ReferenceBlackboard] = []

  var runner: ReferenceProcess?
  /// Whose place the error handler has; nil again when that has stopped it.
  var interrupted: ReferenceProcess?
  var interruptedWasStopped = false
  var isHandlingError = false
  var beingTold: ReferenceProcess?
  var lockLevel: Int32 = 0
  var locker: ReferenceProcess?
  /// Whom the tracer takes for the one who has the processor.
  var told: ReferenceProcess?
  /// Who has lost a mutex since it became ready last goes before its equals.
  var favoured: Set<Int32> = []
  /// All others, longest ready first.
  var arrivals: [Int32] = []
  var wantsTick = false

  // MARK: Who is what

  func process(_ identifier: Int32) -> ReferenceProcess? { Self.object(identifier, in: processes) }

  func state(of process: ReferenceProcess) -> ProcessState {
    if process.isDormant { return .dormant }
    if process === runner || process === interrupted { return .running }
    return process.isSuspended || process.wait != nil ? .waiting : .ready
  }

  private var waiting: [ReferenceProcess] { processes.filter { state(of: $0) == .waiting } }

  /// The ready one that goes first.
  var candidate: ReferenceProcess? {
    let ready = processes.filter { state(of: $0) == .ready }
    guard let greatest = ready.map(\.priority).max() else { return nil }
    let equals = ready.filter { $0.priority == greatest }
    if let first = equals.first(where: { favoured.contains($0.identifier) }) { return first }
    return equals.min { place($0) < place($1) }
  }

  private func place(_ process: ReferenceProcess) -> Int {
    arrivals.firstIndex(of: process.identifier) ?? arrivals.count
  }

  /// It is the last of its equals.
  func arrive(_ process: ReferenceProcess) {
    favoured.remove(process.identifier)
    arrivals.removeAll { $0 == process.identifier }
    arrivals.append(process.identifier)
  }

  func favour(_ process: ReferenceProcess) {
    arrivals.removeAll { $0 == process.identifier }
    favoured.insert(process.identifier)
  }

  // MARK: Choice

  var running: Int32 { runner?.identifier ?? 0 }

  var isOutranked: Bool {
    guard let runner, lockLevel == 0 else { return false }
    if runner.isSuspended { return true }
    guard let candidate else { return false }
    return candidate.priority > runner.priority || (candidate.priority == runner.priority && runner.letsEqualsGo)
  }

  func beOutranked() {}

  func dispatch() -> Int32 {
    runner = locker ?? candidate
    if locker == nil { runner?.letsEqualsGo = false }
    return running
  }

  func undispatch() { runner = nil }

  // MARK: Time

  static func time(_ instant: UInt64?) -> SystemTime { instant.map { SystemTime(nanoseconds: $0) } ?? .never }

  /// So long after an instant; nil: never.
  static func later(_ instant: UInt64?, by length: Int64) -> UInt64? {
    guard let instant, length >= 0, instant < UInt64(Int64.max) - UInt64(length) else { return nil }
    return instant + UInt64(length)
  }

  static func later(_ moment: PartitionMoment, by length: ServiceTime) -> UInt64? {
    later(moment.now.nanoseconds, by: length.rawValue)
  }

  func releaseDue(_ moment: PartitionMoment) {
    for process in waiting {
      guard case .firstPeriod = process.wait, process.release != moment.periodStart.nanoseconds else { continue }
      let release = firstPeriod(of: process, moment) + UInt64(process.delay)
      process.release = release
      if let capacity = process.capacity { setDeadline(process, Self.later(release, by: capacity)) }
      process.wait = .until(release)
    }
    let due = waiting.filter { isOver($0, moment) }
    // Swift's sort is stable: who are due together come in the order of creation.
    for process in due.sorted(by: { $0.wait!.end! < $1.wait!.end! }) { endOfPatience(process) }
  }

  /// Of the periods that have begun since, the first; of another module schedule's, the one that is known.
  private func firstPeriod(of process: ReferenceProcess, _ moment: PartitionMoment) -> UInt64 {
    let (known, period) = (moment.periodStart.nanoseconds, moment.period.count)
    if period == 0 || process.release != 0 && known % period != process.release % period { return known }
    var first = known
    while first >= period, first - period > process.begun { first -= period }
    return first
  }

  /// It waits for its partition's next period; when that will be is foretold where one has begun.
  func awaitPeriod(_ process: ReferenceProcess, _ moment: PartitionMoment) {
    process.release = moment.periodStart.nanoseconds
    process.begun = moment.now.nanoseconds
    process.wait = .firstPeriod
    let isKnown = process.release > 0 || moment.now.nanoseconds < moment.period.count
    guard moment.isNormal, isKnown, moment.period.count > 0, let capacity = process.capacity else { return }
    setDeadline(process, Self.later(process.release + moment.period.count, by: process.delay + capacity))
  }

  func isOver(_ process: ReferenceProcess, _ moment: PartitionMoment) -> Bool {
    guard let end = process.wait?.end else { return false }
    return end <= moment.now.nanoseconds
  }

  /// The clock ends its wait.
  func endOfPatience(_ process: ReferenceProcess) {
    process.gotIt = false
    if case .resumption = process.wait { process.isSuspended = false }
    endWait(process)
    arrive(process)
  }

  func endWait(_ process: ReferenceProcess) {
    if case .turn(let queue, _) = process.wait { queue.leave(process) }
    process.wait = nil
    process.wantsMutex = false
  }

  var nextInstant: SystemTime { waiting.map { Self.time($0.wait?.end) }.reduce(nextDeadline, min) }

  func nextTick(_ nextPeriod: SystemTime) -> SystemTime {
    guard let runner else { return nextDeadline }
    return waiting.map { process in
      let interrupts = lockLevel == 0 && process.priority > runner.priority
      if case .firstPeriod = process.wait { return interrupts || process.capacity != nil ? nextPeriod : .never }
      return interrupts ? Self.time(process.wait?.end) : .never
    }.reduce(nextDeadline, min)
  }

  func takeTickWish() -> Bool {
    defer { wantsTick = false }
    return wantsTick
  }

  /// The module alone is asked.
  func takeTimerWish() -> Bool { false }
}

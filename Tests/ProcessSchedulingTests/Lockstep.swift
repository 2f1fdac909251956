import APEXTypes
import ModuleConfiguration

@testable import ProcessScheduling

/// Asks module and reference alike, and notes the first answer in which they differ.
///
/// What is compared is all that the module says of itself: who runs, states, priorities, deadlines, objects, tellings.
final class Lockstep: Decider {
  let module = ModuleDecider()
  let reference = Reference()
  /// The first difference; nil while there is none.
  private(set) var difference: String?
  /// What was done last, for whoever looks for the reason.
  private var trail: [() -> String] = []

  private func same<Value: Equatable>(_ what: @autoclosure () -> String, _ own: Value, _ others: Value) -> Value {
    if own != others { note("\(what()): the module says \(own), the reference \(others)") }
    return own
  }

  func note(_ text: String) {
    guard difference == nil else { return }
    difference = text + "\n  after " + trail.suffix(12).map { $0() }.joined(separator: "\n    ")
  }

  /// - Parameter what: of values, for it is made into words only where it is wanted.
  private func did(_ what: @autoclosure @escaping () -> String) {
    if trail.count > 200 { trail.removeFirst(150) }
    trail.append(what)
  }

  // MARK: Decider

  var running: Int32 { same("running", module.running, reference.running) }
  var isOutranked: Bool { same("is outranked", module.isOutranked, reference.isOutranked) }
  var nextInstant: SystemTime { same("next instant", module.nextInstant, reference.nextInstant) }
  var nextDeadline: SystemTime { same("next deadline", module.nextDeadline, reference.nextDeadline) }
  func nextTick(_ nextPeriod: SystemTime) -> SystemTime {
    same("next tick", module.nextTick(nextPeriod), reference.nextTick(nextPeriod))
  }

  func beginNormalMode(_ moment: PartitionMoment) {
    did("NORMAL mode at \(moment.now.nanoseconds)")
    module.beginNormalMode(moment)
    reference.beginNormalMode(moment)
  }

  func releaseDue(_ moment: PartitionMoment) {
    did("releases due at \(moment.now.nanoseconds)")
    module.releaseDue(moment)
    reference.releaseDue(moment)
  }

  func takeLate(after: Int32, _ now: SystemTime) -> Int32 {
    same("late", module.takeLate(after: after, now), reference.takeLate(after: after, now))
  }

  func tellingIsOver() {
    module.tellingIsOver()
    reference.tellingIsOver()
  }

  func isOverdue(_ moment: PartitionMoment) -> Bool {
    same("is overdue", module.isOverdue(moment), reference.isOverdue(moment))
  }

  func dispatch() -> Int32 {
    let next = same("dispatched", module.dispatch(), reference.dispatch())
    did("\(next) runs")
    return next
  }

  func undispatch() {
    module.undispatch()
    reference.undispatch()
    compare()
  }

  func beOutranked() {
    let runner = module.running
    did("\(runner) is outranked")
    module.beOutranked()
    reference.beOutranked()
  }

  func tellDispatch(of next: Int32, _ moment: PartitionMoment) -> ProcessTelling? {
    same("telling", module.tellDispatch(of: next, moment), reference.tellDispatch(of: next, moment))
  }

  func takeTelling(_ moment: PartitionMoment) -> ProcessTelling? {
    same("told beside", module.takeTelling(moment), reference.takeTelling(moment))
  }

  func beginErrorHandling() -> Int32 {
    let runner = module.running
    did("\(runner) fails")
    return same("failed", module.beginErrorHandling(), reference.beginErrorHandling())
  }

  func endErrorHandling() -> Bool {
    did("the error handler is over")
    return same("goes on", module.endErrorHandling(), reference.endErrorHandling())
  }

  func perform(_ call: Call, _ moment: PartitionMoment) -> Answer {
    let runner = module.running
    did("\(moment.now.nanoseconds): \(runner) calls \(call)\(moment.isInUpcall ? " in an upcall" : "")")
    let answer = same("answer to \(call)", module.perform(call, moment), reference.perform(call, moment))
    // Else whoever has called is between two states, until it has left the processor.
    if answer.code != nil { compare() }
    return answer
  }

  func endOfWait(_ call: Call) -> Answer {
    let answer = same("end of \(call)", module.endOfWait(call), reference.endOfWait(call))
    let runner = module.running
    did("\(runner) goes on from \(call) with \(answer)")
    return answer
  }

  func takeTickWish() -> Bool { same("tick wish", module.takeTickWish(), reference.takeTickWish()) }
  func takeTimerWish() -> Bool { module.takeTimerWish() }

  // MARK: Comparison

  func compare() {
    guard difference == nil else { return }
    let scheduler = module.scheduler
    _ = (nextInstant, nextDeadline)
    _ = same("lock level", scheduler.lockLevel, reference.lockLevel)
    _ = same("in the error handler", scheduler.isInErrorHandler, reference.isHandlingError)
    _ = same("process count", Int(scheduler.processCount), reference.processes.count)
    for own in reference.processes { compare(own, scheduler) }
    compareObjects(scheduler)
  }

  private func compare(_ own: ReferenceProcess, _ scheduler: ProcessScheduler) {
    let identifier = ProcessIdentifier(own.identifier)
    guard let process = scheduler.status(of: identifier) else { return note("there is no process \(own.identifier)") }
    let number = own.identifier
    let isSame =
      process.state == reference.state(of: own) && process.priority == own.priority
      && process.deadline == Reference.time(own.deadline)
    if !isSame {
      note(
        """
        process \(number): the module says \(process.state) \(process.priority) \(process.deadline.nanoseconds), \
        the reference \(reference.state(of: own)) \(own.priority) \(Reference.time(own.deadline).nanoseconds)
        """)
    }
    let mutex: OwnedMutex = own.mutex.map { .mutex($0.identifier) } ?? .nothing
    let owned = own === reference.locker ? .preemptionLock : mutex
    if scheduler.ownedMutex(of: identifier) != owned { note("process \(number) does not own \(owned) alike") }
  }

  private func compareObjects(_ scheduler: ProcessScheduler) {
    func each<Object, Status: Equatable>(
      _ kind: String, _ objects: [Object], _ own: (Int32) -> Status?, _ others: (Object) -> Status
    ) {
      for (index, object) in objects.enumerated() {
        let (status, other) = (own(Int32(index + 1)), others(object))
        if status != other { note("\(kind) \(index + 1): \(String(describing: status)), the reference \(other)") }
      }
    }
    each("semaphore", reference.semaphores, scheduler.semaphoreStatus) {
      SemaphoreStatus(value: $0.value, maximumValue: $0.maximum, waitingProcesses: $0.queue.count)
    }
    each("event", reference.events, scheduler.eventStatus) {
      EventStatus(isUp: $0.isUp, waitingProcesses: $0.queue.count)
    }
    each("mutex", reference.mutexes, scheduler.mutexStatus) {
      MutexStatus(
        owner: $0.owner.map { ProcessIdentifier($0.identifier) }, priority: $0.priority, lockCount: $0.count,
        waitingProcesses: $0.queue.count)
    }
    each("buffer", reference.buffers, scheduler.bufferStatus) {
      BufferStatus(
        messageCount: Int32($0.messages.count), maximumMessageCount: Int32($0.maximumCount),
        maximumMessageBytes: Int32($0.maximumBytes), waitingProcesses: $0.queue.count)
    }
    each("blackboard", reference.blackboards, scheduler.blackboardStatus) {
      BlackboardStatus(
        isEmpty: $0.message == nil, maximumMessageBytes: Int32($0.maximumBytes), waitingProcesses: $0.queue.count)
    }
  }
}

import APEXTypes
import ModuleConfiguration
import PartitionEntry
import ProcessMemory
import ProcessScheduling

/// Acts on what the scheduler of processes decides: masks upcalls, switches from stack to stack, tells the tracer.
///
/// All of it runs with upcalls masked: `perform` is the processes' only critical region. Each process has a stack of
/// its own; `main`'s is the scheduler's. Between leaving a stack and coming back to it other processes run, so nothing
/// of the scheduler's state is kept across a switch but behind its pointers.
enum ProcessMachine {
  /// Unsafe: memory that is nobody else's.
  @inline(__always)
  static var scheduler: ProcessScheduler {
    ProcessScheduler(memory: partita_scheduler_memory(), messages: partita_message_pool())
  }

  static var moment: PartitionMoment {
    PartitionMoment(
      now: Clock.now, periodStart: Partition.periodStart,
      period: Partition.period, isNormal: Partition.mode == .normal,
      isInUpcall: isInUpcall)
  }

  private static var isInUpcall: Bool { SharedPageView.upcallsEntered != SharedPageView.upcallsReturned }

  /// Whether processes that run take upcalls. Unsafe: written once, before the first of them runs.
  nonisolated(unsafe) private static var processesAreInterruptible = false

  // MARK: Services

  /// Does a service: what the scheduler decides, waiting included.
  static func perform(_ service: (ProcessScheduler, PartitionMoment) -> ServiceStep) -> ReturnCode {
    let wereEnabled = VirtualInterrupts.disable()
    let code = finish(service(scheduler, releasedMoment()))
    leave(wereEnabled)
    return code
  }

  /// Does a service that gives the caller another deadline: of one that has passed the health monitor is told before.
  static func tryInTime(_ service: (ProcessScheduler, PartitionMoment) -> ServiceStep) throws(ReturnCode) {
    try self.try { scheduler, moment in service(scheduler, judgedMoment(moment)) }
  }

  /// The moment at which the caller's deadline is one that has not passed, or one of which the health monitor knows.
  ///
  /// What a tick does is done here, for there was none: the scheduler tells on `main`'s stack, where the error handler
  /// may stop the caller.
  @discardableResult
  static func judgedMoment(_ moment: PartitionMoment) -> PartitionMoment {
    guard scheduler.isOverdue(moment) else { return moment }
    beOutranked()
    return releasedMoment()
  }

  /// The same, where anything but success is thrown.
  static func `try`(_ service: (ProcessScheduler, PartitionMoment) -> ServiceStep) throws(ReturnCode) {
    let code = perform(service)
    if code != .noError { throw code }
  }

  /// Asks the scheduler, which has nobody wait.
  static func ask<Answer>(_ question: (ProcessScheduler) -> Answer) -> Answer {
    let wereEnabled = VirtualInterrupts.disable()
    _ = releasedMoment()
    let answer = question(scheduler)
    leave(wereEnabled)
    return answer
  }

  /// The moment, at which whoever's time has come waits no longer: nobody was interrupted for one of lesser priority,
  /// and what a service says of the others, and in which order they go, is as if somebody had been.
  private static func releasedMoment() -> PartitionMoment {
    let moment = moment
    scheduler.releaseDue(moment)
    return moment
  }

  /// Creates an object; returns its identifier.
  static func create(_ service: (ProcessScheduler, PartitionMoment) -> Creation) throws(ReturnCode) -> Int32 {
    var creation = Int32(0)
    try self.try { scheduler, moment in
      let created = service(scheduler, moment)
      creation = created.identifier
      return .done(created.code)
    }
    return creation
  }

  /// Gets a message; returns its bytes.
  static func receive(
    _ service: (ProcessScheduler, PartitionMoment) -> (step: ServiceStep, byteCount: Int32)
  ) throws(ReturnCode) -> Int32 {
    let wereEnabled = VirtualInterrupts.disable()
    let (step, atOnce) = service(scheduler, releasedMoment())
    let code = finish(step)
    let byteCount = step == .waits ? scheduler.exchange.byteCount : atOnce
    leave(wereEnabled)
    if code != .noError { throw code }
    return byteCount
  }

  private static func finish(_ step: ServiceStep) -> ReturnCode {
    switch step {
    case .done(let code): return code
    case .waits:
      giveWay()
      return scheduler.endOfWait
    case .givesWay:
      giveWay()
      return .noError
    }
  }

  /// A service ends: whoever is ready and of greater priority than the caller goes first.
  private static func leave(_ wereEnabled: Bool) {
    tellRest()
    if scheduler.takeTimerWish() { armTimer() }
    if scheduler.takeTickWish() { tickAtOnce() }
    if scheduler.isOutranked {
      if isInUpcall { tickAtOnce() } else { beOutranked() }
    }
    restore(wereEnabled)
  }

  private static func restore(_ wereEnabled: Bool) { partita_interrupts_restore(wereEnabled ? 1 : 0) }

  // MARK: From stack to stack

  /// The running process does not go on, or goes on when it is chosen again.
  static func giveWay() {
    partita_flow_switch(
      partita_flow_pointer(scheduler.running.rawValue), partita_flow_pointer(Int32(partita_scheduler_flow))?.pointee)
  }

  /// The running process leaves the processor to one that outranks it.
  static func beOutranked() {
    scheduler.beOutranked()
    giveWay()
  }

  /// Goes to the scheduler, and not back.
  static func abandon() -> Never {
    partita_flow_switch(
      partita_flow_pointer(Int32(partita_abandoned_flow)), partita_flow_pointer(Int32(partita_scheduler_flow))?.pointee)
    preconditionFailure("an abandoned process is never chosen again")
  }

  /// Lays the beginning of a process on its stack.
  static func prepare(_ process: ProcessIdentifier) {
    let begin: @convention(c) () -> Void = { ProcessMachine.begin() }
    partita_flow_pointer(process.rawValue)?.pointee = partita_flow_prepare(
      partita_stack_top(process.rawValue)?.pointee, begin)
  }

  private static func begin() {
    let entry = scheduler.entry(of: scheduler.running)
    restore(processesAreInterruptible)
    // Unsafe: the address that the process was created with.
    unsafeBitCast(entry, to: (@convention(c) () -> Void).self)()
    Process.stopSelf()
  }

  // MARK: The scheduler

  static func tell(_ telling: ProcessTelling?) { telling?.tell() }

  /// Tells the tracer of starts, and of deadlines that were moved.
  private static func tellRest() {
    // Looked at first: the moment costs each service some instructions.
    while scheduler.mustTell, let telling = scheduler.takeTelling(moment) { telling.tell() }
  }

  static func run() -> Never {
    processesAreInterruptible = VirtualInterrupts.disable()
    partita_use_processes()
    if Partition.mode != .normal { Partition.enterNormalMode() }
    scheduler.beginNormalMode(moment)
    if beginPreemption() { processesAreInterruptible = true }
    while true {
      if !takeLook() { lookAtClock() }
      judgeDeadlines()
      let next = scheduler.dispatch()
      tell(scheduler.tellDispatch(of: next, moment))
      tellRest()
      if next.isNone {
        rest()
        continue
      }
      armTimer()
      partita_flow_switch(
        partita_flow_pointer(Int32(partita_scheduler_flow)), partita_flow_pointer(next.rawValue)?.pointee)
      scheduler.undispatch()
      judgeStack(of: next)
    }
  }

  /// Tells the health monitor where the process that has left the processor has overflowed its stack, on `main`'s.
  private static func judgeStack(of process: ProcessIdentifier) {
    guard let fence = partita_stack_fence(process.rawValue)?.pointee, !StackPool.isWhole(fence) else { return }
    // Whatever becomes of it: once for each time.
    StackPool.mend(fence)
    scheduler.beginTelling(of: process)
    _ = try? Hypercall.call(.raiseApplicationError, UInt64(ErrorCode.stackOverflow.rawValue), 0, 0)
    scheduler.tellingIsOver()
  }

  /// Tells the health monitor of each deadline that has passed, on `main`'s stack.
  private static func judgeDeadlines() {
    var late = ProcessIdentifier.none
    while true {
      late = scheduler.takeLate(after: late, Clock.now)
      if late.isNone { return }
      _ = try? Hypercall.call(.raiseApplicationError, UInt64(ErrorCode.deadlineMissed.rawValue), 0, 0)
      scheduler.tellingIsOver()
    }
  }

  /// Nobody is ready: the rest of the window is given up, unless somebody will be before its end. Then that is waited
  /// for here: the next window would be too late.
  private static func rest() {
    let next = scheduler.nextInstant
    // Masked: no upcall can make somebody ready between the look and the call.
    let givesUp = next >= windowEnd
    let window = Partition.windowStart
    if givesUp { Partition.yield() }
    // What waits is handled here, on `main`'s stack. With the next window there may be a period.
    restore(processesAreInterruptible)
    while !givesUp, Clock.now < next, scheduler.choose().isNone, Partition.windowStart == window {}
    VirtualInterrupts.disable()
  }

  /// When the window ends that runs now, as far as is known.
  private static var windowEnd: SystemTime {
    let end = Partition.windowEnd
    // Nobody has told of the window in which the partition was started: it is no longer than all in a period.
    if end != .zero { return end }
    return Clock.now + Partition.duration
  }
}

import APEXTypes
import ModuleConfiguration
import PartitionEntry
import ProcessMemory
import ProcessScheduling

/// The processor is taken from a process: by the virtual timer where the clock makes one of greater priority ready, and
/// by the interrupt of queuing ports where a message does.
extension ProcessMachine {
  /// How often the clock is looked at while it is not known when something will happen.
  private static var lookInterval: Nanoseconds { Nanoseconds(100_000) }

  // Unsafe: all written with upcalls masked.
  nonisolated(unsafe) private static var isPreemptive = false
  nonisolated(unsafe) private static var hasLooked = false
  /// What the virtual timer is set to; `never` for nothing.
  nonisolated(unsafe) private static var armedInstant = SystemTime.never

  /// From now on upcalls come, while a process runs that takes them; false where the kernel refuses the timer.
  static func beginPreemption() -> Bool {
    isPreemptive = register(.timer)
    if isPreemptive, QueuingPort.greatestIdentifier > 0 { _ = register(.queuingPort) }
    return isPreemptive
  }

  private static func register(_ interrupt: VirtualInterrupt) -> Bool {
    do {
      try VirtualInterrupts.register(interrupt, handler: partita_preemption_entry)
      return true
    } catch {
      return false
    }
  }

  /// When the partition's next period starts, or a look at whether one has. It starts with a window: a tick that was
  /// due before comes with that.
  private static var nextPeriod: SystemTime {
    let (now, period) = (Clock.now, Partition.periodStart)
    let next = period + Partition.period
    if period != .zero, next > now { return next }
    // None has begun since the partition started, or the module schedule has changed.
    let end = Partition.windowEnd
    return end > now ? end : now + lookInterval
  }

  private static func arm(_ instant: SystemTime) {
    guard instant != armedInstant else { return }
    // One that is refused is asked for again at the next look.
    armedInstant = (try? VirtualTimer.start(once: instant)) == nil ? .never : instant
  }

  /// A tick comes when somebody of greater priority than the running process gets ready.
  static func armTimer() {
    guard isPreemptive, !scheduler.running.isNone else { return }
    let next = scheduler.nextTick { nextPeriod }
    // A tick that nobody needs any more does no harm.
    if next != .never { arm(next) }
  }

  /// A tick comes as soon as upcalls are taken.
  static func tickAtOnce() {
    if isPreemptive { arm(Clock.now) }
  }

  /// Makes ready what its time has come for, or its message.
  static func lookAtClock() {
    servePorts()
    scheduler.releaseDue(moment)
  }

  /// Whether clock and ports have been looked at just now, by the upcall that took the processor from a process.
  static func takeLook() -> Bool {
    defer { hasLooked = false }
    return hasLooked
  }

  private static var isNested: Bool { SharedPageView.upcallsEntered &- SharedPageView.upcallsReturned > 1 }

  /// The upcall of timer and ports, on the interrupted process's stack.
  ///
  /// - Returns: whether another process has run meanwhile, and the upcall is counted as returned already.
  fileprivate static func preempt(vector: UInt64) -> Bool {
    VirtualInterrupts.acknowledge(vector: vector)
    armedInstant = .never
    lookAtClock()
    let isLate = !scheduler.running.isNone && scheduler.nextDeadline <= Clock.now
    if !isLate, !scheduler.isOutranked {
      armTimer()
      return false
    }
    // Who is in another upcall's handler, unmasked, goes on for a while: that could not be counted as returned.
    if isNested {
      arm(Clock.now + lookInterval)
      return false
    }
    hasLooked = true
    // For the kernel the upcall is over: its frame is the process's context now, however long that lies there, and
    // none is nested into another.
    partita_count_upcall_return()
    beOutranked()
    return true
  }
}

/// What preemption.S calls.
@c(partita_preempt)
func preempt(_ vector: UInt64) -> Int32 { ProcessMachine.preempt(vector: vector) ? 1 : 0 }

import APEXTypes
import ModuleConfiguration

/// The core's state for people to look at: copies, in words of the standard. Nothing here influences a decision.
extension PartitionCore where Marking: MarkingRule {
  /// What is known of a partition.
  public struct PartitionInspection {
    /// Its operating mode (ARINC 653 Part 1, 3.2).
    public var mode: OperatingMode
    /// Why it started last.
    public var startCondition: StartCondition
    /// Its memory is being made anew: it does not run.
    public var isInitialising: Bool
    /// It runs its health callback, after which an action follows.
    public var isInCallback: Bool
    /// It gave up the rest of its window.
    public var hasYielded: Bool
    /// The virtual interrupt flag, as last seen or set.
    public var interruptsEnabled: Bool
    /// Upcalls that have not returned.
    public var upcallDepth: UInt8
    /// Upcalls decided since its last start.
    public var upcallCount: UInt64
    /// Marks of all its interrupts, since the same start.
    public var markTotal: UInt64
    /// It works on an exception that was reflected to it.
    public var isInExceptionHandler: Bool
    /// Instant of the virtual timer's next tick in ns; nil while the timer stands.
    public var nextTick: UInt64?
    /// Nanoseconds from tick to tick; 0 for a single one.
    public var tickPeriod: UInt64
    /// Ticks dropped since its last start: by the policy `latestOnly`, or while the timer was not registered.
    public var missedTicks: UInt64
  }

  /// One virtual interrupt of one partition.
  public struct InterruptInspection {
    /// The vCPU is marked when it comes (hypercall 30).
    public var isRegistered: Bool
    /// The ready flag (hypercall 27).
    public var isReady: Bool
    /// Delivered by an upcall, not yet acknowledged (hypercall 29).
    public var isInService: Bool
    /// Its marks wait for the next window or hypercall.
    public var isDeferred: Bool
    /// Address that the trampoline is given; 0 for none.
    public var handler: UInt64
    /// Marks that wait.
    public var waiting: UInt32
    /// Marks of the delivery in service.
    public var delivered: UInt32
    /// Whether there is anything to tell.
    public var isInUse: Bool { isRegistered || isReady || isInService || handler != 0 || waiting != 0 }
  }

  /// A port and its channel.
  public struct PortInspection {
    /// Its partition has created it since its last start.
    public var isCreated: Bool
    /// Queuing destinations: a message was discarded since the last one was received.
    public var hasOverflowed: Bool
    /// Queuing destinations: messages that wait.
    public var waiting: Int
    /// Messages ever written or sent to the channel.
    public var sequence: UInt64
    /// Sampling channels: bytes of the last message.
    public var messageBytes: UInt64
    /// Sampling channels: when the last message was written, in ns.
    public var writtenNanoseconds: UInt64
  }

  /// Where the module stands in its schedule.
  public struct ScheduleInspection {
    /// Index of the module schedule that runs.
    public var schedule: Int
    /// Index of the one that runs from the next major frame on.
    public var nextSchedule: Int
    /// Number of the current major frame, from 0; nil before the first.
    public var frame: UInt64?
    /// Its nominal start in ns.
    public var frameStart: UInt64
    /// Index of the running window in the module table.
    public var window: Int?
    /// When the next window starts, in ns.
    public var nextWindowStart: UInt64
    /// When the one-shot timer comes, in ns; 0 where it has come, all ones where it was never set.
    public var timerArmed: UInt64
    /// When the module ends by itself, in ns; all ones for never.
    public var stop: UInt64
  }

  /// A device line.
  public struct LineInspection {
    /// Bit n: partition n has registered the line.
    public var owners: UInt32
    /// Masked at the controllers, as last decided.
    public var isMasked: Bool
    /// Interrupts taken in the running foreign window.
    public var takenInWindow: UInt32
  }

  /// An error in the health monitor's log.
  public struct ErrorInspection {
    /// When it was reported, in ns.
    public var time: UInt64
    /// As `ErrorLogField.description` says.
    public var description: UInt64
    /// The address at fault, or that of an application's message; 0 for neither.
    public var address: UInt64
  }

  /// - Precondition: the module has this partition.
  public func inspect(partition index: PartitionIndex) -> PartitionInspection {
    let state = partitions[Int(index.rawValue)]
    let guest = guests.states[Int(index.rawValue)]
    return PartitionInspection(
      mode: state.mode, startCondition: state.life.startCondition, isInitialising: state.life.isInitialising,
      isInCallback: state.life.isInCallback, hasYielded: state.hasYielded,
      interruptsEnabled: state.interruptsEnabled, upcallDepth: guest.upcallDepth, upcallCount: state.upcallCount,
      markTotal: vcpus.interrupts[Int(index.rawValue)].markTotal, isInExceptionHandler: guest.isInHandler,
      nextTick: guest.timer.next == .max ? nil : guest.timer.next, tickPeriod: guest.timer.period,
      missedTicks: guest.missedTicks)
  }

  /// - Precondition: the module has this partition.
  public func inspect(_ interrupt: VirtualInterrupt, of partition: PartitionIndex) -> InterruptInspection {
    let interrupts = vcpus.interrupts[Int(partition.rawValue)]
    let slot = vcpus.slot(partition, interrupt)
    return InterruptInspection(
      isRegistered: interrupts.registered & interrupt.bit != 0, isReady: interrupts.ready & interrupt.bit != 0,
      isInService: interrupts.inService & interrupt.bit != 0, isDeferred: interrupts.deferred & interrupt.bit != 0,
      handler: vcpus.handlers[slot], waiting: vcpus.counters[slot], delivered: vcpus.delivered[slot])
  }

  /// - Precondition: the module has this port.
  public func inspect(port index: Int) -> PortInspection {
    let port = ports[index]
    let channel = channels[port.channel]
    return PortInspection(
      isCreated: port.isCreated, hasOverflowed: port.hasOverflowed, waiting: port.count, sequence: channel.sequence,
      messageBytes: channel.messageBytes, writtenNanoseconds: channel.writtenNanoseconds)
  }

  /// Frame, window and schedules as they are after the last input.
  public func inspectSchedule() -> ScheduleInspection {
    ScheduleInspection(
      schedule: schedule.scheduleIndex, nextSchedule: schedule.nextScheduleIndex,
      frame: schedule.frameCount == 0 ? nil : schedule.frameCount &- 1, frameStart: schedule.frameStart,
      window: schedule.active >= 0 ? schedule.firstWindow &+ schedule.active : nil,
      nextWindowStart: schedule.nextWindowStart, timerArmed: armedNanoseconds, stop: stopNanoseconds)
  }

  /// Owners, mask and budget of a line, configured or not.
  public func inspect(line: InterruptLine) -> LineInspection {
    let state = lines.lines[Int(line.rawValue)]
    return LineInspection(
      owners: state.owners, isMasked: lines.mask & line.bit != 0, takenInWindow: state.takenInWindow)
  }

  /// How many exceptions and errors the partition had come back from when it was given the last one.
  public func exceptionsReturned(before partition: PartitionIndex) -> UInt32 {
    guests.states[Int(partition.rawValue)].returnedBefore
  }

  /// Entries ever made in the error log.
  public var errorCount: UInt64 { errorLog.count }

  /// The number of the first entry from `number` on that is still kept.
  public func nextError(from number: UInt64) -> UInt64? { errorLog.next(from: number, of: nil) }

  /// The entry with that number, if it has been made and is still kept.
  public func inspect(error number: UInt64) -> ErrorInspection? {
    errorLog.entry(number, of: nil).map {
      ErrorInspection(time: $0.time, description: $0.description, address: $0.address)
    }
  }
}

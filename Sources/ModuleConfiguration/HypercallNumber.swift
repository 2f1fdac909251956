/// The services that a partition asks of the kernel by `syscall`.
///
/// Number in `rax`, arguments in `rdi rsi rdx r10 r8 r9`; answers a `ReturnCode` in `rax` and a value in `rdx`; every
/// other register but `rcx` and `r11`, which the instruction itself overwrites, is preserved. Numbers 25–32 are those
/// of lineage row L3 and take interrupt *vectors* (32 … 66, `VirtualInterrupt`), the same in registering and in
/// unregistering.
public enum HypercallNumber: UInt16, Sendable {
  /// (vector, handler address): the handler that the upcall entry shall jump to for this line.
  case registerHandler = 25
  /// (vector)
  case unregisterHandler = 26
  /// (vector): sets the ready flag of this line for the caller.
  case enableInterrupt = 27
  /// (vector)
  case disableInterrupt = 28
  /// (vector): ends the upcall's service of this line; value: how many marks it had coalesced.
  case acknowledgeInterrupt = 29
  /// (vector): the caller's vCPU is marked from now on whenever the line fires.
  case registerVCPU = 30
  /// (vector)
  case unregisterVCPU = 31
  /// (): leaves the upcall whose frame `rsp` points at; a further pending mark is delivered on the same frame.
  case returnFromUpcall = 32

  /// (entry, tail start, tail end): publishes the trampoline and the critical range of its user-space return.
  case setUpcallEntry = 64
  /// (): gives up the rest of the window; value: the start instant of the caller's next window, in ns.
  case yield = 65
  /// (): value: the time now, in ns.
  case readTime = 66
  /// (address, length): value: how many bytes the console took, at most 16 a call.
  case writeConsole = 67
  /// (name address, maximum message size, direction, refresh period in ns): value: the port's identifier, from 1.
  case createSamplingPort = 68
  /// (port identifier, address, length)
  case writeSamplingMessage = 69
  /// (port identifier, address, capacity): value: length, with bit 32 set while the message is valid.
  case readSamplingMessage = 70
  /// (value, value): leaves a note of the application in the trace.
  case note = 71
  /// (address): the base of the FS segment, for thread-local storage.
  case setSegmentBase = 72
  /// (): nothing; measures the round trip.
  case null = 73
  /// (selector of `StatisticSelector`, argument): value: that count.
  case readStatistic = 74
  /// (): the module ends at once, in order; system partitions only.
  case stopModule = 75
  /// (): the drainer has written the last block; the kernel ends the machine. The drainer only.
  case drainComplete = 76
  /// (channel identifier): binds the caller's end of an event channel, as `registerVCPU` of its vector would; value:
  /// the vector, 48 … 63. Destination partitions only.
  case bindEvent = 77
  /// (channel identifier): marks the destination's vCPU. The channel's source partition only.
  case raiseEvent = 78
  /// (vector, handler address or 0): the handler for a CPU exception, 0 … 31; vector 32 is the error handler, which
  /// gets errors of process level.
  case setExceptionHandler = 79
  /// (entry): the trampoline that exceptions are reflected to.
  case setExceptionEntry = 80
  /// (first tick in ns, period in ns): starts the vCPU's timer; period 0 is one-shot, first tick 0 stops it.
  case setTimer = 81
  /// (operating mode): SET_PARTITION_MODE.
  case setPartitionMode = 82
  /// (error code, message address, length): RAISE_APPLICATION_ERROR, whose only code is APPLICATION_ERROR; and what a
  /// scheduler of processes finds, without a message: DEADLINE_MISSED, STACK_OVERFLOW.
  case raiseApplicationError = 83
  /// (): the partition's health callback is done; the action that waited for it is taken.
  case completeCallback = 84
  /// (sequence number from 0, field of `ErrorLogField`): value: that field of the health monitor's log, in which a
  /// partition that is no system partition sees its own errors only.
  case readErrorLog = 85
  /// (schedule identifier): SET_MODULE_SCHEDULE, at the next major frame.
  case setModuleSchedule = 86
  /// (name address, maximum message size, maximum number of messages, direction | discipline << 8): value: the port's
  /// identifier, from 1.
  case createQueuingPort = 87
  /// (port identifier, address, length): never waits; `notAvailable` when a destination's queue is full.
  case sendQueuingMessage = 88
  /// (port identifier, address, capacity): value: length, bit 32 set if messages were discarded since the last call.
  /// Never waits; `notAvailable` when the queue is empty.
  case receiveQueuingMessage = 89
  /// (port identifier): value: messages waiting, in a source port those that the fullest destination holds.
  case readQueuingStatus = 90
  /// (port identifier): CLEAR_QUEUING_PORT.
  case clearQueuingPort = 91
  /// (name address): GET_MODULE_SCHEDULE_ID; value: the identifier of the schedule of that name.
  case findModuleSchedule = 92
  /// (address, number of words): leaves 64-bit words of the caller's memory in the trace, 1 …
  /// `ModuleLimits.maximumNoteWords`; the address is a multiple of 8.
  case noteWords = 93
  /// (key of the process that had the processor | key of the one that has it now << 32, what becomes of the first, age
  /// of the second's job, or delay of its start, or distance of the first's new deadline): leaves in the trace what the
  /// caller's own scheduler has done (`ProcessTelling`).
  case tellProcess = 94
  /// (port identifier): of a sampling port that messages come to; value: the instant at which the one was written that
  /// a read gets, in ns. `noAction` where there is none.
  case readSamplingTime = 95

  /// How many of the six argument registers the service reads; the others are not recorded.
  @inlinable public var argumentCount: Int {
    switch self {
    case .returnFromUpcall, .yield, .readTime, .null, .stopModule, .drainComplete, .completeCallback: 0
    case .unregisterHandler, .enableInterrupt, .disableInterrupt, .acknowledgeInterrupt, .registerVCPU,
      .unregisterVCPU, .setSegmentBase, .bindEvent, .raiseEvent, .setExceptionEntry, .setPartitionMode,
      .setModuleSchedule, .readQueuingStatus, .clearQueuingPort, .findModuleSchedule,
      .readSamplingTime:
      1
    case .registerHandler, .writeConsole, .note, .readStatistic, .setExceptionHandler, .setTimer, .readErrorLog,
      .noteWords:
      2
    case .setUpcallEntry, .writeSamplingMessage, .readSamplingMessage, .raiseApplicationError, .sendQueuingMessage,
      .receiveQueuingMessage, .tellProcess:
      3
    case .createSamplingPort, .createQueuingPort: 4
    }
  }
}

/// What `HypercallNumber.readStatistic` can be asked for.
public enum StatisticSelector: UInt64, Sendable {
  /// Major frames begun.
  case majorFrames = 0
  /// Ticks of the interval timer that the kernel's own handler counted.
  case kernelTicks = 1
  /// Spurious interrupts told apart.
  case spuriousInterrupts = 2
  /// The operating mode of the partition whose index is the argument.
  case operatingMode = 3
  /// How many partitions the module has.
  case partitionCount = 4
  /// Marks that the caller's vCPU got since it started.
  case marks = 5
  /// Identifier of the module schedule that runs.
  case currentSchedule = 6
  /// Identifier of the module schedule that runs from the next major frame on.
  case nextSchedule = 7
  /// Instant of the last change of the module schedule, in ns; 0 if there was none.
  case lastScheduleChange = 8
  /// Ticks of the caller's timer that were dropped since it started: by the policy `latestOnly`, or while the timer was
  /// not registered.
  case missedTicks = 9
  /// Entries ever made in the health monitor's log.
  case errorLogCount = 10
  /// Entries of the health monitor's log that are not kept any more: the log keeps `ModuleLimits.errorLogLength`, and
  /// where it is full the partition with the most entries gives up its oldest.
  case droppedErrorCount = 11
  /// How often marks of the caller have found no stack or depth of which the log had an entry already. No start of the
  /// caller clears it.
  case repeatedErrorCount = 12
}

/// What `HypercallNumber.readErrorLog` can be asked for.
public enum ErrorLogField: UInt64, Sendable {
  /// When the error was reported, in ns.
  case time = 0
  /// Partition index (bits 0–7, 0xFF none), `ErrorCode` (8–15), `SystemState` (16–23), `ErrorLevel` (24–31),
  /// exception vector + 1 or 0 (32–39), the action taken (40–47: `PartitionRecoveryAction`, or
  /// `ModuleRecoveryAction` at module level; 0xFF where the partition's own handler took it).
  case description = 1
  /// The fault's address, or 0.
  case address = 2
  /// The number of the first entry from this number on that is kept, and that the caller may read: which need not have
  /// that number itself.
  case next = 3
}

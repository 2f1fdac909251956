/// The services that a partition asks of the kernel by `syscall`.
///
/// Number in `rax`, arguments in `rdi rsi rdx r10 r8 r9`; answers a `ReturnCode` in `rax` and a value in `rdx`; every
/// other register but `rcx` and `r11`, which the instruction itself overwrites, is preserved. Numbers 25–32 are those
/// of lineage row L3 and take interrupt *vectors* (32 … 47), the same in registering and in unregistering.
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

  /// How many of the six argument registers the service reads; the others are not recorded.
  @inlinable public var argumentCount: Int {
    switch self {
    case .returnFromUpcall, .yield, .readTime, .null, .stopModule, .drainComplete: 0
    case .unregisterHandler, .enableInterrupt, .disableInterrupt, .acknowledgeInterrupt, .registerVCPU,
      .unregisterVCPU, .setSegmentBase:
      1
    case .registerHandler, .writeConsole, .note, .readStatistic: 2
    case .setUpcallEntry, .writeSamplingMessage, .readSamplingMessage: 3
    case .createSamplingPort: 4
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
}

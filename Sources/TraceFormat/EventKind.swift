/// What a trace event tells. The numbers are part of the format.
///
/// Every event has the same shape (`TraceEvent`): a time, a kind, a partition, a `detail` byte, a 32-bit `operand` and
/// up to eight 64-bit words. The table says what these mean for each kind; what is not named is 0.
///
/// | class | rule |
/// |---|---|
/// | input | what the kernel core was told. Its time *is* the time the core was given. |
/// | decision | what the core decided, in order, after the input that caused it. One entry's share one time. |
/// | observation | what the hardware side saw or did. |
/// | state | keyframes: the core's state, words of `PartitionCore.forEachStateWord`. |
/// | control | about the trace itself. |
///
/// The time of an entry's decisions is a reading of the counter after the input was written, when deciding began; for
/// the marks of a line, when all of them were made, so that a budget up to the mark is not judged too kindly. A
/// hypercall that nothing follows from but its answer (`null`, `readTime`, notes, messages that pass at once) has one
/// instant, its entry's, for input, decisions and what was copied (a message, the words of a note), and for the marks
/// of those whose queues it changes; when its caller went on is in the next input's resume delay. Other observations
/// have their own reading.
public enum EventKind: UInt8, Sendable {
  // MARK: Inputs. All that interrupt ring 3 or the idle loop begin with an `EntrySnapshot`:
  // detail = snapshot flags, operand bits 0–15 = what, bits 16–23 = address space found loaded, word 0 = the
  // partition's counters, word 1 = resume delay. `partition` is the one interrupted, or 0xFF for the idle loop.

  /// A line of the interrupt controllers. What: the vector, 32 … 47.
  case interrupt = 1
  /// The local APIC's one-shot timer.
  case timer = 2
  /// What: the number. Word 2: operand that the kernel looked up before asking the core (`createSamplingPort`,
  /// `createQueuingPort`: port index + 1 or 0; `findModuleSchedule`: schedule index + 1 or 0; `writeConsole`: bytes the
  /// console can take; `returnFromUpcall`: bit 0 if the frame can be used, bit 1 if another fits below the
  /// stack pointer it holds, bit 2 as the snapshot's flag `isHandlerOver`; `raiseApplicationError`: bits 0–31 the
  /// partition's count `SharedPage.exceptionsReturned`, bit 32 if a frame fits below the stack pointer). Words 3 …:
  /// arguments, as many as `HypercallNumber.argumentCount`, none where the number is unknown.
  case hypercall = 3
  /// A CPU exception in ring 3. What: the vector. Word 2: error code, word 3: fault address (CR2, page faults only),
  /// word 4: instruction pointer, word 5: the partition's count `SharedPage.exceptionsReturned`. The snapshot's flag
  /// `frameFits` is told whatever the virtual interrupt flag is.
  case exception = 4
  /// Non-maskable interrupts came since the last entry: `operand` of them. No snapshot. The core stops the module.
  case nonMaskable = 5
  /// The test device acts. detail: `StimulusRecord.Action`, operand: data. No snapshot.
  case stimulus = 6
  /// The start of the module: word 0: stop instant asked for (all ones for none). The core begins the first major
  /// frame.
  case start = 7
  /// A piece of a partition's memory has been made anew. partition: whose, operand: index of the piece. No snapshot.
  case memoryPiece = 8

  // MARK: Decisions.

  /// The kernel's own handler of a line ran. operand: vector, word 0: its count.
  case kernelHandler = 16
  /// A vCPU was marked. partition: whose, operand: vector, word 0: marks waiting of that line, this one included.
  case mark = 17
  /// The partition enters its upcall. operand: vector, detail: bit 0 if it takes the place of an unfinished return,
  /// bits 1–7 how many upcalls are unfinished, this one included; word 0: marks coalesced, word 1: handler address,
  /// word 2: ordinal of the upcall in this partition.
  case upcall = 18
  /// The core learnt that upcalls had returned in user space. operand: how many since it last knew.
  case upcallsReturned = 19
  /// detail: `ReturnCode`, operand: number, word 0: value.
  case hypercallResult = 20
  /// From detail (0xFF none) to partition (0xFF: the hardware idle loop). Word 0: nominal instant (start of the window
  /// or 0).
  case partitionSwitch = 21
  /// operand: index of the window in the table, word 0: nominal start instant, word 1: nominal end instant.
  case windowStart = 22
  /// The window is over and its partition runs no more. operand: window index, word 0: nominal end instant.
  case windowEnd = 23
  /// operand: number of the frame (from 0), detail: schedule index, word 0: nominal start instant.
  case majorFrameStart = 24
  /// detail: `PartitionRecoveryAction`, operand: `ErrorCode`, word 0: CPU exception vector + 1, or 0.
  case healthAction = 25
  /// detail: `PortOperation`, operand: port index, word 0: message length, word 1: message sequence number of the
  /// channel, word 2: 1 if valid (reads).
  case portOperation = 26
  /// The controllers' masks change. operand: 16 bits, 1 = masked.
  case lineMask = 27
  /// The one-shot timer is set. Word 0: instant.
  case timerArmed = 28
  /// No window runs. partition: who gets the time (the drainer, or 0xFF). Word 0: instant of the next window start.
  case idle = 29
  /// detail: new `OperatingMode`, operand: old one (bits 0–7), `StartCondition` (bits 8–15) as it holds from now on.
  case modeChange = 30
  /// A spurious interrupt was told apart. operand: vector 39 or 47.
  case spurious = 31
  /// The module stops. detail: `StopReason`.
  case stop = 32
  /// An interrupt came that nobody registered. operand: vector.
  case unclaimed = 33
  /// A virtual timer's ticks fell due. partition: whose, operand: how many (saturating), word 0: instant of the latest,
  /// word 1: instant of the next or 0, word 2: how many of them are dropped by the policy `latestOnly`. A `mark` of
  /// vector 64 for each or for all follows, as the policy says: one event with the marks then waiting.
  case timerExpired = 34
  /// A CPU exception, or with vector 32 an error of process level, goes to the partition's own handler. operand:
  /// vector, word 0: handler, word 1: error code (vector 32: `ErrorCode`), word 2: fault address.
  case exceptionReflected = 35
  /// An error was given to the health monitor and entered in its log. partition: whose, or 0xFF. detail: `ErrorCode`,
  /// operand: `ErrorLevel` (bits 0–7), `SystemState` (8–15), exception vector + 1 or 0 (16–23), word 0: address, word
  /// 1: the entry's number in the log, from 0. What is done follows: `exceptionReflected`, `callback`, `healthAction`
  /// or `moduleAction`.
  case healthError = 36
  /// An action at module level is taken. detail: `ModuleRecoveryAction`, operand: `ErrorCode`, partition: the culprit.
  case moduleAction = 37
  /// A partition starts: its memory is to be made anew before it runs. detail: mode, coldStart or warmStart, operand:
  /// pieces of memory, word 0: `StartCondition`.
  case restart = 38
  /// All pieces are done: the partition runs from its entry point in its windows from now on.
  case initialised = 39
  /// A partition raised an event. partition: who, operand: index of the event channel, word 0: destination's index,
  /// word 1: its vector. A `mark` follows if the destination has bound its end.
  case eventRaised = 40
  /// The module schedule changes. detail: 0 asked for, 1 done; operand: index of the new schedule; partition: who
  /// asked.
  case scheduleChange = 41
  /// The partition's health callback begins, in place of what it was doing. operand: `ErrorCode`, word 0: its entry,
  /// word 1: the `PartitionRecoveryAction` that follows when it is complete, or when its window ends.
  case callback = 42

  // MARK: Observations.

  /// End of interrupt was sent. operand: vector, word 0: in-service registers read back afterwards (bit n = line n).
  case acknowledged = 48
  /// The upcall frame was written. partition; word 0: address of the frame, word 1: instruction pointer that the
  /// register page now holds, word 2: the virtual interrupt flag read back from the shared page.
  case upcallWritten = 49
  /// A message was copied. partition, detail: `PortOperation`, operand: port index, word 0: `MessageDigest` of the
  /// bytes copied, word 1: length.
  case messageCopied = 50
  /// Bytes went to the console. partition, operand: how many, word 0: XXH64 of the bytes.
  case consoleWritten = 51
  /// The drainer moved its tail. Word 0: words consumed, ever; word 1: bytes written to the port, ever.
  case drained = 52
  /// The masks now in the controllers, read back. operand: 16 bits.
  case maskRead = 53
  /// The last wait before a window. Word 0: the window's start instant, word 1: nanoseconds that were left until then
  /// when the kernel was ready; 0 in word 1 means that the pad was exhausted.
  case padded = 54
  /// A kernel invariant broke. operand: vector or line, word 0: instruction pointer.
  case kernelFault = 55
  /// An exception's frame was written. Words as in `upcallWritten`. operand: vector.
  case exceptionWritten = 56
  /// A partition's registers are as at a start, or as at a callback's begin. partition, word 0: instruction pointer,
  /// word 1: stack pointer read back from the register page.
  case contextReset = 57
  /// Words of a partition's memory, left in the trace by `noteWords`: as many events as the note needs, one behind the
  /// other and with one time. partition, operand: index of the first word in the note, detail: how many there are here,
  /// 8 in all but the last; words: these.
  case noteWords = 58

  // MARK: State.

  /// operand: index of the first word, words: up to 8 words of state.
  case keyframeWords = 64
  /// The keyframe is complete. operand: words in all, word 0: XXH64 of them.
  case keyframe = 65

  // MARK: Control.

  /// First event of a trace. operand: trace version of the kernel, word 0: checksum of the module table, word 1: build
  /// identity of the kernel, word 2: `clockScale`, word 3: stop instant.
  case boot = 80
  /// Events found no room in the ring. word 0: how many since the last event. Replay is blind until the next keyframe.
  case loss = 81
  /// Last event. word 0: events emitted before this one, loss records included, less those that whoever encoded the
  /// trace left out (`LeftOutKinds`); word 1: events lost in all.
  case end = 82

  /// The class of the event.
  public var eventClass: EventClass { EventClass(ofKind: rawValue) }
}

/// The five classes of events.
public enum EventClass: UInt8, Sendable {
  case input, decision, observation, state, control

  /// The class of a kind by its number.
  @inlinable public init(ofKind kind: UInt8) {
    switch kind {
    case 1..<16: self = .input
    case 16..<48: self = .decision
    case 48..<64: self = .observation
    case 64..<80: self = .state
    default: self = .control
    }
  }
}

/// What was done to a port.
public enum PortOperation: UInt8, Sendable {
  case create = 0
  case write = 1
  case read = 2
  /// Word 1 of the decision: the message's number in its channel, from 1; word 2: messages that now wait in the fullest
  /// destination.
  case send = 3
  /// Word 1: the message's number, word 2: bit 0 if messages were discarded before, bits 1 … messages that still wait.
  case receive = 4
  case clear = 5
  /// A message was discarded, for it found this destination port full. Follows the `send` that overflowed.
  case overflow = 6
}

/// Why a module stopped.
public enum StopReason: UInt8, Sendable {
  /// The stop instant of the command line came.
  case instantReached = 0
  /// A non-maskable interrupt asked for it (Ctrl-C on the host).
  case nonMaskableInterrupt = 1
  /// A system partition called `stopModule`.
  case requested = 2
  /// The health monitor shut the module down.
  case healthMonitor = 3
}

import APEXTypes
import ModuleConfiguration
import TraceFormat

/// What has happened since the kernel was last entered: one input, its decisions and its observations.
struct Step: Equatable {
  /// What happened in the step and is judged when it closes.
  struct Happenings: OptionSet {
    var rawValue: UInt32
    /// Execution passed to another partition.
    static let switched = Happenings(rawValue: 1)
    static let upcall = Happenings(rawValue: 2)
    static let upcallWritten = Happenings(rawValue: 4)
    static let stopped = Happenings(rawValue: 8)
    static let answered = Happenings(rawValue: 16)
    /// The partition of the entry was stopped or restarted.
    static let modeChanged = Happenings(rawValue: 32)
    /// A mask was decided and not yet read back.
    static let maskDue = Happenings(rawValue: 64)
    /// A window began or ended, idle time began, or the timer came or was armed.
    static let timing = Happenings(rawValue: 128)
    static let healthAction = Happenings(rawValue: 256)
    /// A health action asked for a change of mode that has not come yet.
    static let modeDue = Happenings(rawValue: 512)
    /// A message was decided and not yet copied.
    static let copyDue = Happenings(rawValue: 1024)
    static let consoleSeen = Happenings(rawValue: 2048)
    static let returnsLearnt = Happenings(rawValue: 4096)
    static let nonMaskable = Happenings(rawValue: 8192)
    static let readSeen = Happenings(rawValue: 16384)
    /// A health action answers an error of an earlier step.
    static let acted = Happenings(rawValue: 32768)
    /// After which nothing is owed.
    static let quiet: Happenings = [.answered, .consoleSeen, .readSeen]
  }

  /// The input's kind, 0 before the first entry and after a loss.
  var kind: UInt8 = 0
  var partition: UInt8 = 0xFF
  var flags = EntrySnapshot.Flags()
  var what: UInt16 = 0
  /// What a hypercall's number means.
  var call = CallMeaning()
  /// Nothing is left to be judged when it closes.
  var isClosed = false
  var happenings: Happenings = []
  var time: NanosecondInstant = 0
  var position: UInt64 = 0
  /// Words 2 … 6 of a hypercall.
  var looked: UInt64 = 0
  var argument0: UInt64 = 0
  var argument1: UInt64 = 0
  var argument2: UInt64 = 0

  // An interrupt's.
  var isSpurious = false
  /// Partitions that must be marked, those of them that were, and those of whom it is known whether they must be.
  var due: UInt32 = 0
  var marked: UInt32 = 0
  var dueKnown: UInt32 = 0
  var lastMarked: Int32 = -1
  var lastMarkTime: NanosecondInstant = 0
  var acknowledgements: UInt32 = 0
  var kernelHandlerRuns: UInt32 = 0
  var unclaims: UInt32 = 0
  var spuriousDecisions: UInt32 = 0

  // An upcall's, judged when all marks and results of the step are known.
  var upcallPartition: UInt8 = 0
  var upcallLine: UInt8 = 0
  var upcallDetail: UInt8 = 0
  var upcallCount: UInt64 = 0
  var upcallHandler: UInt64 = 0
  var upcallOrdinal: UInt64 = 0

  var resultCode: UInt8 = 0
  var resultValue: UInt64 = 0
  /// Upcalls that the partition returned from since its entry before, and whether that is known.
  var returned: UInt16 = 0
  var areReturnsKnown = true
  var consoleBytes: UInt64 = 0
  /// Words of the caller's note that the trace has, in order.
  var notedWords: UInt64 = 0
  /// The port that was operated on last, and the one whose message was to be copied last.
  var portIndex: Int32 = -1
  var copyPort: Int32 = -1
  /// How many bytes of it, and what for.
  var messageBytes: UInt64 = 0
  var copyOperation: UInt8 = 0
  var readIsValid = false
  /// Bytes of that message, as many as can be told.
  var readBytes: UInt32 = 0
  /// The message read is one that the trace has shown being written.
  var readIsComparable = false
  var dueMode: UInt8 = 0
  /// It is not known whether what is due as a warm start is one, or a cold one.
  var mayStartCold = false
  var duePartition: UInt8 = 0xFF
  /// The port that the step has created.
  var createdPort: Int32 = -1

  /// Whether an action of the health monitor leads to that mode.
  func isDue(_ mode: UInt8) -> Bool {
    mode == dueMode || mayStartCold && mode == OperatingMode.coldStart.rawValue
  }
}

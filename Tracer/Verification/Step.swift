import APEXTypes
import EventRows
import ModuleConfiguration
import TraceFormat

/// What has happened since the kernel was last entered: one input, its decisions and its observations.
///
/// Most steps are a call and its answer. What only others have, the details, is made anew only where something of it
/// was written: a step begins every few events.
@dynamicMemberLookup
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
    /// Its partition has returned from upcalls, and no event has told of that yet.
    static let returned = Happenings(rawValue: 65536)
    /// It is not known from how many.
    static let returnsOpen = Happenings(rawValue: 131_072)
    /// After which nothing is owed.
    static let unowed: Happenings = [.consoleSeen, .readSeen, .returnsLearnt, .returnsOpen]
  }

  /// The input's kind, 0 before the first entry and after a loss.
  var kind: UInt8 = 0
  var partition: UInt8 = 0xFF
  var flags = EntrySnapshot.Flags()
  var what: UInt16 = 0
  /// What a hypercall's number means.
  var call = CallMeaning()
  var time: NanosecondInstant = 0
  var position: UInt64 = 0
  /// Words 2 … 6 of a hypercall.
  var looked: UInt64 = 0
  var argument0: UInt64 = 0
  var argument1: UInt64 = 0
  var argument2: UInt64 = 0

  var resultValue: UInt64 = 0
  var happenings: Happenings = []
  var resultCode: UInt8 = 0
  /// Nothing is left to be judged when it closes.
  var isClosed = false
  /// Upcalls that the partition returned from since its entry before, and whether that is known.
  var returned: UInt16 = 0
  var areReturnsKnown: Bool {
    get { !happenings.contains(.returnsOpen) }
    set { if newValue { happenings.remove(.returnsOpen) } else { happenings.insert(.returnsOpen) } }
  }
  /// It is a hypercall that has got its answer, and nothing that happened is to be judged when it closes but what the
  /// call itself asks for.
  var owesNothing: Bool { happenings.subtracting(.unowed) == .answered }
  private var details = Details()
  /// Something was written into the details, and they are no longer as they begin.
  private var hasDetails = false

  /// What few steps have.
  struct Details: Equatable {
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
  }

  /// Its details.
  subscript<Value>(dynamicMember path: WritableKeyPath<Details, Value>) -> Value {
    @inline(__always) get { details[keyPath: path] }
    @inline(__always) set {
      hasDetails = true
      details[keyPath: path] = newValue
    }
  }

  /// Begins anew: the step of an input.
  @inline(__always)
  mutating func begin(_ event: RowReference, time: NanosecondInstant, position: UInt64) {
    beginAny(event, time: time, position: position)
    call = CallMeaning()
    (looked, argument0, argument1, argument2) = (0, 0, 0, 0)
  }

  /// The same of a hypercall.
  @inline(__always)
  mutating func begin(call: CallMeaning, _ event: RowReference, time: NanosecondInstant, position: UInt64) {
    beginAny(event, time: time, position: position)
    tell(call, event)
  }

  /// What a hypercall tells.
  @inline(__always)
  mutating func tell(_ call: CallMeaning, _ event: RowReference) {
    self.call = call
    // Read before any is written, they go by twos.
    let (looked, first, second, third) = (event.words.w2, event.words.w3, event.words.w4, event.words.w5)
    (self.looked, argument0, argument1, argument2) = (looked, first, second, third)
  }

  @inline(__always)
  private mutating func beginAny(_ event: RowReference, time: NanosecondInstant, position: UInt64) {
    // Read before any is written, they go together.
    let (kind, partition, flags) = (event.kind, event.partition, event.detail)
    (self.kind, self.partition, self.flags) = (kind, partition, EntrySnapshot.Flags(rawValue: flags))
    what = UInt16(truncatingIfNeeded: event.operand)
    (resultValue, happenings, resultCode, isClosed, returned) = (0, [], 0, false, 0)
    self.time = time
    self.position = position
    guard hasDetails else { return }
    details = Details()
    hasDetails = false
  }

  /// Whether an action of the health monitor leads to that mode.
  func isDue(_ mode: UInt8) -> Bool {
    mode == details.dueMode || details.mayStartCold && mode == OperatingMode.coldStart.rawValue
  }
}

import ModuleConfiguration
import APEXTypes

/// What partitions of a simulated world do, where it does not come from the seed.
protocol PartitionBehaviour: AnyObject {
  /// When the partition, running from `exit` on, would enter the kernel by itself; all ones for never.
  func nextDeed(of partition: PartitionIndex, from exit: UInt64, in world: SimulatedWorld) -> UInt64
  /// Its next deed is due.
  func perform(_ partition: PartitionIndex, _ exit: UInt64, at instant: UInt64, in world: SimulatedWorld)
  /// It has computed from `exit` to `instant`.
  func noteComputation(of partition: PartitionIndex, from exit: UInt64, to instant: UInt64, in world: SimulatedWorld)
  /// An upcall was laid on its stack.
  func beginUpcall(of partition: PartitionIndex, _ vector: UInt8)
  /// It starts anew, from `instant` on: nothing of what it was at goes on.
  func restart(_ partition: PartitionIndex, as start: PartitionStart, at instant: UInt64)
  /// The module schedule has changed.
  func changeSchedule()
  /// A window has started, nominally at `start` ns.
  func beginWindow(_ index: UInt32, at start: UInt64)
  /// What the kernel takes to make a piece of its memory, ns; nil where nobody knows.
  ///
  /// - Parameter isNext: whether it comes right after another one.
  func pieceTime(_ piece: Int, of partition: PartitionIndex, isNext: Bool) -> UInt64?
  /// What it takes from an entry to the piece that is made next, ns; nil where nobody knows.
  func timeFromEntry(toPiece piece: Int, of partition: PartitionIndex) -> UInt64?
  /// What it takes from an entry that has made the partition start to when interrupts are let in before its first
  /// piece, ns; nil where another one has, or nobody knows.
  ///
  /// - Parameter entry: when that was, ns.
  func timeToOpening(of partition: PartitionIndex, from entry: UInt64) -> UInt64?
  /// What it takes after a piece before another partition goes on, or interrupts are let in, ns; nil where nobody
  /// knows.
  func switchTime(after piece: Int, of partition: PartitionIndex) -> UInt64?
  /// What it takes of that for the piece alone, ns; nil likewise.
  func pieceTimeAlone(_ piece: Int, of partition: PartitionIndex) -> UInt64?
  /// What the kernel takes from its last piece of memory to its first instruction, ns; nil where nobody knows.
  func startTime(of partition: PartitionIndex) -> UInt64?
  /// What the kernel takes for a timer's entry of which this comes, ns; nil where nobody knows.
  ///
  /// - Parameters:
  ///   - partition: whose upcall has begun, where one has.
  ///   - instant: when the entry was, ns.
  func timerTime(_ outcome: TimerOutcome, withUpcallOf partition: PartitionIndex?, at instant: UInt64) -> UInt64?
  /// From when interrupts are let in to the timer's entry, where that has fired before, ns: from a partition's
  /// resumption, or from when the kernel waits.
  func timerDelay(isWaiting: Bool) -> UInt64
  /// From the instant for which the timer is set to its entry, ns.
  var timerLateness: UInt64 { get }
}

/// The devices of a simulated world, behind its interrupt controllers.
protocol InterruptSource {
  /// The lines' masks, 1 for masked.
  var mask: UInt16 { get set }
  /// When the kernel was done with the interrupt taken last, where that is known, ns.
  var serviceEnd: UInt64? { get }
  /// What it takes longer than that where an upcall comes of it, ns.
  var upcallTime: UInt64 { get }
  /// The timer fired then before the kernel set it anew.
  var leavesStaleTimer: Bool { get }
  /// The instant of the next interrupt of an open line, at `instant` or later; all ones for none.
  func nextInterrupt(after instant: UInt64) -> UInt64
  /// The line whose interrupt comes at `instant`, where one does.
  mutating func take(at instant: UInt64) -> UInt8?
}

extension InterruptSource {
  var serviceEnd: UInt64? { nil }
  var upcallTime: UInt64 { 0 }
  var leavesStaleTimer: Bool { false }
}

/// A CPU exception as a partition raises it.
struct GuestFault: Equatable, Sendable {
  var vector: UInt8
  var errorCode: UInt64
  var address: UInt64
  var instruction: UInt64
  /// How many exceptions the partition has come back from, where that is known; else its own page says it.
  var exceptionsReturned: UInt32?
  /// Whether the partition's stack can take a frame, and whether it is in the tail of an upcall's return: what the
  /// snapshot tells beside the exception (`EntrySnapshot.Flags`), and what decides whose matter the exception is.
  var frameFits = true
  var isInReturnTail = false

  init(_ vector: UInt8, _ errorCode: UInt64, _ address: UInt64, _ instruction: UInt64) {
    self.vector = vector
    self.errorCode = errorCode
    self.address = address
    self.instruction = instruction
  }
}

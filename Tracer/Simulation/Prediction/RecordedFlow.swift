import APEXTypes
import ModuleConfiguration
import TraceFormat

/// One partition's part of a recorded run's demand.
struct RecordedFlow {
  /// The life that is being recorded.
  var life: RecordedLife
  /// Lives that have begun and that nobody has taken yet, this one included.
  var lives = FIFO<RecordedLife>()
  /// The main flow, then the handlers that have not returned.
  var open: [RecordedStrand]
  var returned: UInt16 = 0
  /// Its interrupts that have been marked since their last upcalls, a bit each from vector 32 on.
  private(set) var marks: UInt64 = 0
  /// Upcalls of the life that is being recorded.
  private(set) var upcallCount: UInt64 = 0
  /// What the kernel takes for the trampoline's own call.
  var returnTime = TypicalTime()
  /// What a piece of its memory took last, and a start after its last piece, ns.
  var pieceTime: UInt64?
  var startTime: UInt64?
  /// What its first piece took last, by the mode in which it started: in a warm start some stay as they are, ns.
  var firstPieceTimes: [UInt8: UInt64] = [:]
  /// How often it had turned its virtual interrupt flag at the last entry.
  private var flips: UInt32 = 0
  private let room: SpillRoom

  init(room: SpillRoom) {
    self.room = room
    life = RecordedLife(room: room)
    open = [life.main]
    lives.append(life)
  }

  /// What the partition is at.
  var current: RecordedStrand { open[open.count - 1] }

  /// The partition starts: whatever it was at is cut off.
  mutating func begin(_ start: PartitionStart, at instant: UInt64) {
    if life.start != nil || life.hasRun {
      life.cut = instant
      for strand in open { strand.end = .cut }
      life = RecordedLife(room: room)
      open = [life.main]
      lives.append(life)
    }
    life.start = start
    returned = 0
    marks = 0
    upcallCount = 0
  }

  /// Whether its virtual interrupts are off, and were all the time since the entry before.
  mutating func noteFlag(_ snapshot: EntrySnapshot) -> Bool {
    let latest = UInt32(truncatingIfNeeded: snapshot.counterWord >> 32)
    defer { flips = latest }
    return !snapshot.flags.contains(.interruptsEnabled) && flips == latest
  }

  mutating func noteMark(of vector: UInt32) { marks |= bit(vector) }
  /// An upcall takes all marks of its interrupt, but for a timer whose ticks come one by one.
  mutating func noteUpcall(of vector: UInt32) {
    upcallCount += 1
    if vector & 0xFFFF != UInt32(VirtualInterrupt.timer.vector) { marks &= ~bit(vector) }
  }

  private func bit(_ vector: UInt32) -> UInt64 {
    let number = vector & 0xFFFF
    return (32..<96).contains(number) ? 1 << UInt64(number - 32) : 0
  }
}

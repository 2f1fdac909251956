import APEXTypes
import ModuleConfiguration
import TraceFormat

/// Everything the core remembers of one partition, apart from the per-line tables of `VCPUTable`.
public struct PartitionState: BitwiseCopyable {
  /// Idle before the module's start, and of a partition that runs no more.
  public var mode: OperatingMode
  /// The partition gave up the rest of its window.
  var hasYielded: Bool
  /// What the last snapshot told, or what the kernel has changed since; one byte, for it is stored at every entry.
  var seen: EntrySnapshot.Flags
  /// Its handler of exceptions and errors is at work as far as is known: what `GuestState.isInHandler` says, kept here
  /// because every entry of a partition that takes upcalls asks.
  var isInHandler: Bool
  /// Its start, its health callback, and what a change of the module schedule wants of it.
  public var life = PartitionLife()
  /// Upcalls that have returned as far as is known, as the partition counts them: modulo 2¹⁶.
  var upcallsReturned: UInt16
  /// `GuestState.returnedBefore`, likewise; of no meaning while no handler is at work.
  var returnedBefore: UInt32
  /// Upcalls decided since its last start; the ordinal of the next.
  var upcallCount: UInt64
  /// The trampoline that its upcalls begin at; 0 until it is published, and nothing is delivered.
  public var upcallEntry: UInt64
  /// First byte of the published tail of the user-space return; 0, as the end, until it is published.
  public var returnTailStart: UInt64
  /// First byte behind that tail.
  public var returnTailEnd: UInt64

  /// As a partition is before the module starts: idle, and nothing known of it.
  init() {
    mode = .idle
    hasYielded = false
    seen = EntrySnapshot.Flags()
    isInHandler = false
    upcallsReturned = 0
    returnedBefore = 0
    upcallCount = 0
    upcallEntry = 0
    returnTailStart = 0
    returnTailEnd = 0
  }

  /// Not idle, and it has not given up the rest of its window.
  var wantsWindow: Bool { mode != .idle && !hasYielded }

  /// The virtual interrupt flag as last seen, or as the kernel has set it since.
  var interruptsEnabled: Bool {
    get { seen.contains(.interruptsEnabled) }
    set { put(.interruptsEnabled, newValue) }
  }
  var isInReturnTail: Bool {
    get { seen.contains(.inReturnTail) }
    set { put(.inReturnTail, newValue) }
  }
  var frameFits: Bool {
    get { seen.contains(.frameFits) }
    set { put(.frameFits, newValue) }
  }

  /// The last snapshot said that the handler of exceptions and errors has come back, and nobody has asked for it yet.
  var isHandlerOver: Bool {
    get { seen.contains(.isHandlerOver) }
    set { put(.isHandlerOver, newValue) }
  }

  private mutating func put(_ flag: EntrySnapshot.Flags, _ isOn: Bool) {
    seen = EntrySnapshot.Flags(rawValue: isOn ? seen.rawValue | flag.rawValue : seen.rawValue & ~flag.rawValue)
  }

  /// Flags of the last snapshot and mode in one word, for keyframes.
  var packed: UInt64 {
    get {
      UInt64(mode.rawValue) | (hasYielded ? 0x100 : 0) | (interruptsEnabled ? 0x200 : 0) | (isInReturnTail ? 0x400 : 0)
        | (frameFits ? 0x800 : 0) | (isHandlerOver ? 0x1000 : 0) | UInt64(upcallsReturned) &<< 16
    }
    set {
      mode = OperatingMode(rawValue: UInt8(truncatingIfNeeded: newValue)) ?? .idle
      hasYielded = newValue & 0x100 != 0
      interruptsEnabled = newValue & 0x200 != 0
      isInReturnTail = newValue & 0x400 != 0
      frameFits = newValue & 0x800 != 0
      isHandlerOver = newValue & 0x1000 != 0
      upcallsReturned = UInt16(truncatingIfNeeded: newValue &>> 16)
    }
  }
}

/// What of a partition's configuration the core asks for at every entry, read from the table once.
struct PartitionConfiguration: BitwiseCopyable {
  var isSystem: Bool
  /// Interrupts that the partition may register: its configured lines, its ends of event channels, its timer, and what
  /// else `VirtualInterrupt` names.
  var permittedInterrupts: UInt64
  var markedLines: UInt64
  var maximumUpcallDepth: UInt8
  var missedTickPolicy: MissedTickPolicy
  var firstSegment: Int
  var segmentCount: Int
  /// The first of its ports, which are linked; −1 for none.
  var firstPort: Int
  var stackBytes: UInt64
  /// Of an address in the stack: `MemoryRegion.displacement`.
  var stackDisplacement: UInt64 = 0
  /// The region that `displacement` has found last: looked at first. It decides nothing.
  var recentRegion = MemoryRegion()
  var callbackEntry: UInt64
  var mayChangeSchedule: Bool
  /// Pieces of memory that a start makes anew.
  var pieceCount: UInt32

  init() {
    isSystem = false
    permittedInterrupts = 0
    markedLines = 0
    maximumUpcallDepth = 1
    missedTickPolicy = .count
    firstSegment = 0
    segmentCount = 0
    firstPort = -1
    stackBytes = 0
    callbackEntry = 0
    mayChangeSchedule = false
    pieceCount = 1
  }

  init(_ record: PartitionRecord) {
    isSystem = record.flags.contains(.system)
    // Lines, events and ports follow from other sections: `PartitionCore.readConfiguration`.
    permittedInterrupts = VirtualInterrupt.timer.bit | (isSystem ? VirtualInterrupt.health.bit : 0)
    markedLines = UInt64(record.markedLines)
    maximumUpcallDepth = record.maximumUpcallDepth
    missedTickPolicy = record.missedTickPolicy
    firstSegment = record.segments.first
    segmentCount = record.segments.count
    firstPort = -1
    stackBytes = record.stackBytes
    callbackEntry = record.callbackEntry
    mayChangeSchedule = record.flags.contains(.mayChangeSchedule)
    // Likewise.
    pieceCount = 1
  }
}

/// A stretch of a partition's memory and what may be done with it.
struct MemoryRegion: BitwiseCopyable {
  var start: UInt64 = 0
  var byteCount: UInt64 = 0
  var access: UInt64 = 0
  /// What the kernel adds to an address in it to reach the bytes; 0 where nothing is copied. It decides nothing.
  var displacement: UInt64 = 0

  /// Whether all of `count` bytes at `address` lie in it; a distance instead of an end cannot wrap around.
  @inline(__always) func contains(_ address: UInt64, _ count: UInt64) -> Bool {
    let offset = address &- start
    return offset < byteCount && count <= byteCount &- offset
  }
}

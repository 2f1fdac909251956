/// Where in the machine's memory a module's trace ring is, for a reader outside the machine: of a crashed one, or live.
///
/// The kernel writes it once, at boot, into the ring's control page at `RingControl.beacon`. The page begins at a
/// multiple of 4096, so that it is found by a look at every page of guest memory; magic number, the page's own address
/// and the checksum tell it from anything else, a copy of it included. All addresses are physical.
public struct RingBeacon: Equatable, Sendable {
  /// "PARTRING", read as a little-endian word.
  public static let magic: UInt64 = 0x474E_4952_5452_4150
  /// A reader passes over beacons of another version.
  public static let version: UInt64 = 1
  /// Words that the beacon takes, the checksum included.
  public static let wordCount = 15

  /// The control page that the beacon is in.
  public var page: UInt64 = 0
  /// The ring, in one piece.
  public var ring: UInt64 = 0
  /// Bytes of the ring, a power of two.
  public var ringBytes: UInt64 = 0
  /// The module table that the kernel goes by.
  public var moduleTable: UInt64 = 0
  /// Bytes of that table, without the segments behind it.
  public var moduleTableBytes: UInt64 = 0
  /// The drainer's shared page (`SharedPage`), or 0 where the module has no drainer.
  public var drainerPage: UInt64 = 0
  /// The build identity of the kernel's image.
  public var kernelIdentity: UInt64 = 0
  /// Where the ring begins in the kernel's address space: what `next` is counted from.
  public var kernelRing: UInt64 = 0

  // What the control page says is as of the last way out of the kernel. These are the kernel's own variables, for one
  // that stopped inside: u64 each.
  /// Where the address of the next record is kept.
  public var next: UInt64 = 0
  /// Where the words stored before the ring's beginning was written for the last time are counted.
  public var wordsBefore: UInt64 = 0
  /// Where the events stored are counted.
  public var events: UInt64 = 0
  /// Where the events lost since the last `loss` event are counted.
  public var unreportedLoss: UInt64 = 0

  /// A beacon of zeros, to be filled in by the kernel.
  public init() {}

  /// Reads the beacon; nil where there is none, or one of another version.
  ///
  /// - Parameter word: the beacon's word of an index below `wordCount`.
  public init?(_ word: (Int) -> UInt64) {
    guard word(0) == RingBeacon.magic, word(1) == RingBeacon.version else { return nil }
    page = word(2)
    ring = word(3)
    ringBytes = word(4)
    moduleTable = word(5)
    moduleTableBytes = word(6)
    drainerPage = word(7)
    kernelIdentity = word(8)
    kernelRing = word(9)
    next = word(10)
    wordsBefore = word(11)
    events = word(12)
    unreportedLoss = word(13)
    guard word(14) == checksum else { return nil }
  }

  /// Writes the words in their order, the checksum last.
  @inline(__always)
  public func write(_ put: (Int, UInt64) -> Void) {
    put(0, RingBeacon.magic)
    put(1, RingBeacon.version)
    put(2, page)
    put(3, ring)
    put(4, ringBytes)
    put(5, moduleTable)
    put(6, moduleTableBytes)
    put(7, drainerPage)
    put(8, kernelIdentity)
    put(9, kernelRing)
    put(10, next)
    put(11, wordsBefore)
    put(12, events)
    put(13, unreportedLoss)
    put(14, checksum)
  }

  /// Every word rotated by another distance: cheap at boot, and a word changed or in another's place shows.
  @inline(__always)
  private var checksum: UInt64 {
    func turned(_ value: UInt64, _ by: UInt64) -> UInt64 { value &<< by | value &>> (64 &- by) }
    let first = RingBeacon.magic ^ turned(page, 5) ^ turned(ring, 10) ^ turned(ringBytes, 15)
    let second = turned(moduleTable, 20) ^ turned(moduleTableBytes, 25) ^ turned(drainerPage, 30)
    let third = turned(kernelIdentity, 35) ^ turned(kernelRing, 40) ^ turned(next, 45)
    return ~(first ^ second ^ third ^ turned(wordsBefore, 50) ^ turned(events, 55) ^ turned(unreportedLoss, 60))
  }
}

import APEXTypes

/// A page-aligned flat piece of a partition's image, or zero-filled memory.
public struct SegmentRecord: Equatable, Sendable {
  /// What its partition may do with it. The bits are those of ELF's `p_flags`, but for `retained`.
  public struct Access: BitFlags {
    /// Word 5 of the record; other bits than those below mean nothing.
    public var rawValue: UInt64
    /// The rights of a word, whatever else it has.
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    /// Loads, and messages that the kernel takes from there.
    public static var read: Access { Access(rawValue: 4) }
    /// Stores, and messages that the kernel puts there; not together with `execute`.
    public static var write: Access { Access(rawValue: 2) }
    /// Instructions; entries, handlers and trampolines must lie in such a segment.
    public static var execute: Access { Access(rawValue: 1) }
    /// Keeps its contents over a warm start; made anew by a cold start only.
    public static var retained: Access { Access(rawValue: 8) }
  }
  /// Whose memory it is.
  public var partition: PartitionIndex
  /// Where it begins in the partition's address space, page-aligned.
  public var virtualAddress: UInt64
  /// Bytes in the partition's memory, whole pages.
  public var memoryBytes: UInt64
  /// Where the contents start in the module image, page-aligned; meaningless where `imageBytes` is 0.
  public var imageOffset: UInt64
  /// Bytes of content; the rest of `memoryBytes` is zero.
  public var imageBytes: UInt64
  /// Rights of the partition; the kernel reaches all of it.
  public var access: Access
  /// XXH64 (seed 0) of the `imageBytes` bytes of content.
  public var checksum: UInt64

  /// A segment; where its contents are in the image is known when the table's length is.
  public init(
    partition: PartitionIndex, virtualAddress: UInt64, memoryBytes: UInt64, imageOffset: UInt64, imageBytes: UInt64,
    access: Access, checksum: UInt64
  ) {
    self.partition = partition
    self.virtualAddress = virtualAddress
    self.memoryBytes = memoryBytes
    self.imageOffset = imageOffset
    self.imageBytes = imageBytes
    self.access = access
    self.checksum = checksum
  }
}

extension SegmentRecord: TableRecord {
  /// A partition's segments follow each other (`PartitionRecord.segments`).
  public static var section: ModuleSection { .segments }
  /// Never nil; of word 0 only bits 0–7 count.
  public init?(_ word: (Int) -> UInt64) {
    partition = PartitionIndex(UInt8(truncatingIfNeeded: word(0)))
    virtualAddress = word(1)
    memoryBytes = word(2)
    imageOffset = word(3)
    imageBytes = word(4)
    access = Access(rawValue: word(5))
    checksum = word(6)
  }
  /// The words follow the properties; 7 is spare.
  public func write(_ put: (UInt64) -> Void) {
    put(UInt64(partition.rawValue))
    put(virtualAddress)
    put(memoryBytes)
    put(imageOffset)
    put(imageBytes)
    put(access.rawValue)
    put(checksum)
    put(0)
  }
}

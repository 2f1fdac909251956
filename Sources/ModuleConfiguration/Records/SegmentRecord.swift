import APEXTypes

/// A page-aligned flat piece of a partition's image, or zero-filled memory.
public struct SegmentRecord: Equatable, Sendable {
  public struct Access: BitFlags {
    public var rawValue: UInt64
    public init(rawValue: UInt64) { self.rawValue = rawValue }
    public static var read: Access { Access(rawValue: 4) }
    public static var write: Access { Access(rawValue: 2) }
    public static var execute: Access { Access(rawValue: 1) }
    /// Keeps its contents over a warm start; made anew by a cold start only.
    public static var retained: Access { Access(rawValue: 8) }
  }
  public var partition: PartitionIndex
  public var virtualAddress: UInt64
  /// Bytes in the partition's memory, whole pages.
  public var memoryBytes: UInt64
  /// Where the contents start in the module image, page-aligned; meaningless where `imageBytes` is 0.
  public var imageOffset: UInt64
  /// Bytes of content; the rest of `memoryBytes` is zero.
  public var imageBytes: UInt64
  public var access: Access
  /// XXH64 (seed 0) of the `imageBytes` bytes of content.
  public var checksum: UInt64

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
  public static var section: ModuleSection { .segments }
  public init?(_ word: (Int) -> UInt64) {
    partition = PartitionIndex(UInt8(truncatingIfNeeded: word(0)))
    virtualAddress = word(1)
    memoryBytes = word(2)
    imageOffset = word(3)
    imageBytes = word(4)
    access = Access(rawValue: word(5))
    checksum = word(6)
  }
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

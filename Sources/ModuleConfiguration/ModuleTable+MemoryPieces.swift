import APEXTypes

// The pieces in which a partition's memory is made anew at a start: those of its writable segments in order, then those
// of its stack.
//
// Each is `ModuleLimits.restartPieceBytes` long but the last of a segment or stack. Every start has all of them; a warm
// start leaves those of retained segments as they are.
extension ModuleTable {
  /// How many pieces a start of the partition has; at least one, which is then empty.
  public func memoryPieceCount(of partition: PartitionRecord) -> Int {
    var count = 0
    for index in partition.segments.indices {
      let segment = record(SegmentRecord.self, index)
      if segment.access.contains(.write) { count += Self.pieceCount(ofBytes: segment.memoryBytes) }
    }
    return max(count + Self.pieceCount(ofBytes: partition.stackBytes), 1)
  }

  /// The pieces of a stretch of memory.
  @inlinable public static func pieceCount(ofBytes byteCount: UInt64) -> Int {
    let piece = UInt64(ModuleLimits.restartPieceBytes)
    return Int(truncatingIfNeeded: byteCount / piece &+ (byteCount % piece != 0 ? 1 : 0))
  }
}

import TraceFormat

/// A row where it lies: handed from one to the next without being copied.
///
/// Unsafe: whoever makes one keeps the row's memory as long as it is used.
public struct RowReference {
  @usableFromInline let place: UnsafePointer<EventRow>

  /// Refers to a row, which must outlive the reference.
  @inlinable @inline(__always)
  public init(_ place: UnsafePointer<EventRow>) { self.place = place }

  /// Nanoseconds of the module's clock.
  @inlinable public var time: UInt64 { @inline(__always) get { place.pointee.time } }
  /// The raw kind, which may be none of `EventKind`.
  @inlinable public var kind: UInt8 { @inline(__always) get { place.pointee.kind } }
  /// A partition index; 0xFF for none.
  @inlinable public var partition: UInt8 { @inline(__always) get { place.pointee.partition } }
  /// What the kind says, 8 bits.
  @inlinable public var detail: UInt8 { @inline(__always) get { place.pointee.detail } }
  /// What the kind says, 32 bits.
  @inlinable public var operand: UInt32 { @inline(__always) get { place.pointee.operand } }
  /// The first six words, copied.
  @inlinable public var words: EventRow.Words { @inline(__always) get { place.pointee.words } }
  /// The snapshot of an input event.
  @inlinable public var snapshot: EntrySnapshot {
    @inline(__always) get {
      let words = words
      var snapshot = EntrySnapshot(
        partition: partition, flags: EntrySnapshot.Flags(rawValue: detail),
        addressSpace: UInt8(truncatingIfNeeded: operand &>> 16), resumeDelay: words.w1)
      snapshot.counterWord = words.w0
      return snapshot
    }
  }
}

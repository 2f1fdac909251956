/// An event where it lies: handed from one to the next without being copied, for who looks at millions a second.
///
/// Unsafe: whoever makes one keeps the event's memory as long as it is used.
public struct EventReference {
  @usableFromInline let place: UnsafePointer<TraceEvent>

  /// Refers to an event, which must outlive the reference.
  @inlinable @inline(__always)
  public init(_ place: UnsafePointer<TraceEvent>) { self.place = place }

  /// A copy of the event.
  @inlinable public var event: TraceEvent { @inline(__always) get { place.pointee } }
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
  /// All eight words, copied.
  @inlinable public var words: TraceEvent.Words { @inline(__always) get { place.pointee.words } }
  /// The snapshot of an input event.
  @inlinable public var snapshot: EntrySnapshot { @inline(__always) get { EntrySnapshot(place.pointee) } }
}

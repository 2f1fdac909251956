/// An event where it lies: handed from one to the next without being copied, for who looks at millions a second.
///
/// Unsafe: whoever makes one keeps the event's memory as long as it is used.
public struct EventReference {
  @usableFromInline let place: UnsafePointer<TraceEvent>

  @inlinable @inline(__always)
  public init(_ place: UnsafePointer<TraceEvent>) { self.place = place }

  /// A copy of the event.
  @inlinable public var event: TraceEvent { @inline(__always) get { place.pointee } }
  @inlinable public var time: UInt64 { @inline(__always) get { place.pointee.time } }
  @inlinable public var kind: UInt8 { @inline(__always) get { place.pointee.kind } }
  @inlinable public var partition: UInt8 { @inline(__always) get { place.pointee.partition } }
  @inlinable public var detail: UInt8 { @inline(__always) get { place.pointee.detail } }
  @inlinable public var operand: UInt32 { @inline(__always) get { place.pointee.operand } }
  @inlinable public var words: TraceEvent.Words { @inline(__always) get { place.pointee.words } }
  /// The snapshot of an input event.
  @inlinable public var snapshot: EntrySnapshot { @inline(__always) get { EntrySnapshot(place.pointee) } }
}

/// A set of named bits.
///
/// Not `OptionSet`: that protocol's array literals want a heap, which the kernel has not.
public protocol BitFlags: Equatable, Sendable {
  /// As wide as where the set is stored.
  associatedtype Bits: FixedWidthInteger
  /// All bits in one number, those without a name included.
  var rawValue: Bits { get set }
  /// Takes every number, as it comes from a table, a trace or a hypercall.
  init(rawValue: Bits)
}

extension BitFlags {
  /// No bit at all.
  @inlinable public init() { self.init(rawValue: 0) }
  /// Whether all bits of `other` are set; true where it has none.
  @inlinable public func contains(_ other: Self) -> Bool { rawValue & other.rawValue == other.rawValue }
  /// Whether at least one bit of `other` is set.
  @inlinable public func intersects(_ other: Self) -> Bool { rawValue & other.rawValue != 0 }
  /// Sets the bits of `other`, and leaves the rest as they are.
  @inlinable public mutating func insert(_ other: Self) { rawValue |= other.rawValue }
  /// All bits that either of the two has.
  @inlinable public func union(_ other: Self) -> Self { Self(rawValue: rawValue | other.rawValue) }
}

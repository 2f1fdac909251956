/// A set of named bits.
///
/// Not `OptionSet`: that protocol's array literals want a heap, which the kernel has not.
public protocol BitFlags: Equatable, Sendable {
  associatedtype Bits: FixedWidthInteger
  var rawValue: Bits { get set }
  init(rawValue: Bits)
}

extension BitFlags {
  /// No bit at all.
  @inlinable public init() { self.init(rawValue: 0) }
  @inlinable public func contains(_ other: Self) -> Bool { rawValue & other.rawValue == other.rawValue }
  @inlinable public func intersects(_ other: Self) -> Bool { rawValue & other.rawValue != 0 }
  @inlinable public mutating func insert(_ other: Self) { rawValue |= other.rawValue }
  @inlinable public func union(_ other: Self) -> Self { Self(rawValue: rawValue | other.rawValue) }
}

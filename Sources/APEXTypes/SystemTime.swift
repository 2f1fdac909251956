/// An instant on the module's clock, in nanoseconds since the kernel started it.
///
/// Unlike the standard's `SYSTEM_TIME_TYPE` (signed, −1 meaning infinite) this type holds instants only; durations are
/// `Nanoseconds`, so that the two cannot be mixed up.
public struct SystemTime: Comparable, Hashable, Sendable {
  /// Counted from `zero`; all ones for `never`.
  public var nanoseconds: UInt64

  /// The instant so many nanoseconds after the clock's start.
  @inlinable public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

  /// The instant at which the module's clock started.
  @inlinable public static var zero: SystemTime { SystemTime(nanoseconds: 0) }
  /// Later than every instant that a module reaches; a timer armed for it never fires.
  @inlinable public static var never: SystemTime { SystemTime(nanoseconds: .max) }

  /// Whether `a` is the earlier of the two; nothing is later than `never`.
  @inlinable public static func < (a: SystemTime, b: SystemTime) -> Bool { a.nanoseconds < b.nanoseconds }

  /// The instant `b` after `a`. It wraps around: nothing may be added to `never`.
  @inlinable public static func + (a: SystemTime, b: Nanoseconds) -> SystemTime {
    SystemTime(nanoseconds: a.nanoseconds &+ b.count)
  }

  /// The instant `b` before `a`, or zero where that would lie before the clock's start.
  @inlinable public static func - (a: SystemTime, b: Nanoseconds) -> SystemTime {
    SystemTime(nanoseconds: a.nanoseconds > b.count ? a.nanoseconds &- b.count : 0)
  }

  /// The time from `b` to `a`; zero where `a` is the earlier of the two.
  @inlinable public static func - (a: SystemTime, b: SystemTime) -> Nanoseconds {
    Nanoseconds(a.nanoseconds > b.nanoseconds ? a.nanoseconds &- b.nanoseconds : 0)
  }
}

/// A length of time in nanoseconds.
public struct Nanoseconds: Comparable, Hashable, Sendable {
  /// Whole nanoseconds, without a sign; who has no bound to tell says all ones.
  public var count: UInt64

  /// A length of so many nanoseconds.
  @inlinable public init(_ count: UInt64) { self.count = count }

  /// Whether `a` is the shorter of the two.
  @inlinable public static func < (a: Nanoseconds, b: Nanoseconds) -> Bool { a.count < b.count }
  /// Both together; a sum beyond 2⁶⁴ ns wraps around.
  @inlinable public static func + (a: Nanoseconds, b: Nanoseconds) -> Nanoseconds { Nanoseconds(a.count &+ b.count) }
}

import APEXTypes

/// A time as services are given it: a time-out, a delay or a budget in nanoseconds, `SYSTEM_TIME_TYPE`.
///
/// −1 is `forEver`; other negative numbers are wrong, and each service refuses them in its own order of checks.
public struct ServiceTime: Equatable, Sendable, BitwiseCopyable {
  /// Nanoseconds; −1 for ever.
  public var rawValue: Int64

  /// The time as a caller in C has it, be it right or wrong.
  @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }

  /// So long; for ever where that is longer than the standard's type can say.
  @inlinable public init(_ length: Nanoseconds) { rawValue = Int64(exactly: length.count) ?? -1 }

  /// `INFINITE_TIME_VALUE`.
  @inlinable public static var forEver: ServiceTime { ServiceTime(rawValue: -1) }
  /// The time-out of a service that does not wait, and the delay of one that begins at once.
  @inlinable public static var notAtAll: ServiceTime { ServiceTime(rawValue: 0) }

  /// So many nanoseconds; −1 is `forEver`, and other negative numbers are refused by the services.
  @inlinable public static func nanoseconds(_ count: Int64) -> ServiceTime { ServiceTime(rawValue: count) }
  /// So many microseconds; `forEver` where they are more than the standard's type can say.
  @inlinable public static func microseconds(_ count: Int64) -> ServiceTime { times(count, 1_000) }
  /// So many milliseconds; `forEver` where they are more than the standard's type can say.
  @inlinable public static func milliseconds(_ count: Int64) -> ServiceTime { times(count, 1_000_000) }
  /// So many seconds; `forEver` where they are more than the standard's type can say.
  @inlinable public static func seconds(_ count: Int64) -> ServiceTime { times(count, 1_000_000_000) }

  /// For ever where the standard's type cannot say it.
  @inlinable static func times(_ count: Int64, _ nanoseconds: Int64) -> ServiceTime {
    let (product, isBeyond) = count.multipliedReportingOverflow(by: nanoseconds)
    return isBeyond ? .forEver : ServiceTime(rawValue: product)
  }

  /// Whether it can be a time-out.
  public var isTimeOut: Bool { rawValue >= -1 }
  /// Whether it is `forEver`.
  var isInfinite: Bool { rawValue == -1 }
}

extension SystemTime {
  /// The instant so long after this one; `never` where the standard's signed type could not say it.
  func later(by nanoseconds: Int64) -> SystemTime {
    guard self != .never, nanoseconds >= 0 else { return .never }
    let (sum, isBeyond) = self.nanoseconds.addingReportingOverflow(UInt64(nanoseconds))
    return isBeyond || sum >= UInt64(Int64.max) ? .never : SystemTime(nanoseconds: sum)
  }

  /// The instant that comes `time` after this one; `never` for `forEver`, and where it is out of range.
  func after(_ time: ServiceTime) -> SystemTime { later(by: time.rawValue) }
}

import APEXTypes
import ModuleConfiguration
import PartitionEntry

/// Nanoseconds for each tick of the time-stamp counter, as the information page has it.
public struct ClockScale: Equatable, Sendable {
  /// A 32.32 fixed-point number.
  public var fixedPoint: UInt64

  /// A scale as `InformationPage.clockScale` has it; 1 << 32 is one nanosecond a tick.
  @inlinable public init(fixedPoint: UInt64) { self.fixedPoint = fixedPoint }

  /// The time that `ticks` take, rounded down; `UInt64.max` nanoseconds where it would not fit.
  @inlinable public func duration(ofTicks ticks: UInt64) -> Nanoseconds {
    let product = ticks.multipliedFullWidth(by: fixedPoint)
    guard product.high >> 32 == 0 else { return Nanoseconds(.max) }
    return Nanoseconds(product.high << 32 | product.low >> 32)
  }
}

/// The module's clock, read without a kernel entry.
public enum Clock {
  /// The time now.
  @inlinable public static var now: SystemTime { time(ofCounter: partita_read_tsc()) }

  /// The instant at which the time-stamp counter had this value; zero for values before the clock's origin.
  @inlinable public static func time(ofCounter counter: UInt64) -> SystemTime {
    let origin = InformationPageView.word(InformationPage.clockOrigin)
    guard counter >= origin else { return .zero }
    let scale = ClockScale(fixedPoint: InformationPageView.word(InformationPage.clockScale))
    return SystemTime.zero + scale.duration(ofTicks: counter &- origin)
  }
}

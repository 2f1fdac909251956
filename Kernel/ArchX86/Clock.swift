import APEXTypes
import ArchX86Assembly

/// The module's clock: the time-stamp counter from an origin, scaled to nanoseconds.
public struct Clock {
  /// Counter value at time zero.
  public let origin: UInt64
  /// Nanoseconds a tick, 32.32 fixed point.
  public let scale: UInt64

  /// A counter that ticks once a nanosecond, as under `-icount shift=0`.
  public static var oneGigahertz: UInt64 { 1 << 32 }

  /// A clock that was zero when the counter stood at `origin`.
  public init(origin: UInt64, scale: UInt64) {
    self.origin = origin
    self.scale = scale
  }

  /// The nanoseconds of a counter value.
  @inline(__always) public func nanoseconds(_ ticks: UInt64) -> UInt64 {
    partita_scale(ticks &- origin, scale)
  }

  /// Reads the counter.
  @inline(__always) public var now: SystemTime {
    let ticks = Instruction.ticks
    return SystemTime(nanoseconds: nanoseconds(ticks))
  }

  /// The counter value at an instant, rounded down.
  public func ticks(_ time: SystemTime) -> UInt64 {
    origin &+ partita_divide(time.nanoseconds &>> 32, time.nanoseconds &<< 32, scale)
  }

  /// Measures the counter against the interval timer's second channel for 10 ms.
  ///
  /// - Returns: nanoseconds a tick, 32.32 fixed point; right to about 0.1 %.
  public static func calibrate() -> UInt64 {
    let count: UInt16 = 11932  // 10 ms at 1.193182 MHz
    let gate = Instruction.input(from: 0x61) & 0xFC
    Instruction.output(gate | 1, to: 0x61)
    Instruction.output(0xB0, to: 0x43)  // channel 2, mode 0
    Instruction.output(UInt8(truncatingIfNeeded: count), to: 0x42)
    Instruction.output(UInt8(truncatingIfNeeded: count >> 8), to: 0x42)
    let begin = Instruction.ticks
    while Instruction.input(from: 0x61) & 0x20 == 0 {}
    let elapsed = max(Instruction.ticks &- begin, 1)
    let nanoseconds: UInt64 = 10_000_152
    return partita_divide(nanoseconds &>> 32, nanoseconds &<< 32, elapsed)
  }
}

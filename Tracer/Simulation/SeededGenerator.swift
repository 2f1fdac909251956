/// A repeatable random generator (SplitMix64).
public struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// Any seed is good: 0 and those next to each other too.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits; of 2⁶⁴ in a row none is there twice.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// A number of the range.
  public mutating func number(_ range: ClosedRange<UInt64>) -> UInt64 { UInt64.random(in: range, using: &self) }

  /// True once in `count` times.
  public mutating func oneIn(_ count: UInt64) -> Bool { next() % count == 0 }
}

import ModuleConfiguration

/// The interrupt controllers and what is at their lines: each line fires at irregular instants of its own rate.
struct SimulatedDevices: InterruptSource {
  /// The lines' masks, 1 for masked.
  var mask: UInt16 = 0xFFFF
  /// Requests that wait at the controllers.
  private(set) var latched: UInt16 = 0
  private var next = [UInt64](repeating: .max, count: 16)
  private var meanGap = [UInt64](repeating: 0, count: 16)
  private var generator: SeededGenerator

  /// A device without a rate of its own in the module table fires so often, ns.
  private static let ordinaryGap: UInt64 = 5_000_000
  /// A request of line 7 that the controller withdraws comes so often, ns.
  private static let spuriousGap: UInt64 = 400_000_000

  init(_ table: ModuleTable, seed: UInt64) {
    generator = SeededGenerator(seed: seed)
    for place in 0..<table.count(LineRecord.self) {
      let line = Int(table.record(LineRecord.self, place).line)
      let hertz = line == 0 ? table.module.intervalTimerHertz : line == 8 ? table.module.realTimeClockHertz : 0
      meanGap[line] = hertz == 0 ? Self.ordinaryGap : 1_000_000_000 / max(1, UInt64(hertz))
    }
    meanGap[7] = Self.spuriousGap
    for line in 0..<16 where meanGap[line] != 0 { next[line] = gap(line) }
  }

  /// The instant of the next interrupt of a line, at `instant` or later.
  func nextInterrupt(after instant: UInt64) -> UInt64 {
    var earliest = max(next[7], instant)
    for line in 0..<16 where mask & 1 << UInt16(line) == 0 && line != 7 {
      earliest = min(earliest, latched & 1 << UInt16(line) != 0 ? instant : max(next[line], instant))
    }
    return earliest
  }

  /// The interrupt that comes at `instant`, where one does.
  mutating func take(at instant: UInt64) -> UInt8? {
    for line in 0..<16 where next[line] <= instant {
      next[line] = instant + gap(line)
      if line == 7 { return 7 }
      latched |= 1 << UInt16(line)
    }
    let open = latched & ~mask
    guard open != 0 else { return nil }
    latched &= ~(1 << UInt16(open.trailingZeroBitCount))
    return UInt8(open.trailingZeroBitCount)
  }

  /// From a tenth of the mean to many times it, the short ones more often.
  private mutating func gap(_ line: Int) -> UInt64 {
    let mean = meanGap[line]
    let spread = generator.number(0...mean) + (generator.oneIn(4) ? generator.number(0...mean * 2) : 0)
    return mean / 4 + spread
  }
}

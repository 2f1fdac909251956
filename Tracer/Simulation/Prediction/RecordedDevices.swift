/// The interrupts of a recorded run, fired at their instants into another run's controllers.
///
/// A line that the recorded run had masked is taken to have fired when it was let through: nobody knows better.
struct RecordedDevices: InterruptSource {
  var mask: UInt16 = 0xFFFF
  private(set) var serviceEnd: UInt64?
  private let demand: DemandReader
  /// Requests that wait at the controllers, and what the kernel took for the latest of each line.
  private var latched: UInt16 = 0
  private var kernelTimes = [UInt64](repeating: 400, count: 16)

  init(_ demand: DemandReader) { self.demand = demand }

  func nextInterrupt(after instant: UInt64) -> UInt64 {
    var earliest = UInt64.max
    for line in 0..<16 where mask & 1 << UInt16(line) == 0 {
      if latched & 1 << UInt16(line) != 0 { return instant }
      if let next = demand.nextInterrupt(of: line) { earliest = min(earliest, max(next.instant, instant)) }
    }
    return earliest
  }

  mutating func take(at instant: UInt64) -> UInt8? {
    for line in 0..<16 {
      while let next = demand.nextInterrupt(of: line), next.instant <= instant {
        demand.removeInterrupt(of: line)
        latched |= 1 << UInt16(line)
        kernelTimes[line] = next.kernelTime
      }
    }
    let open = latched & ~mask
    guard open != 0 else { return nil }
    let line = open.trailingZeroBitCount
    latched &= ~(1 << UInt16(line))
    serviceEnd = instant + kernelTimes[line]
    return UInt8(line)
  }
}

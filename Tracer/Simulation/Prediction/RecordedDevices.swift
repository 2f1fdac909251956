/// The interrupts of a recorded run, fired at their instants into another run's controllers.
///
/// A line that the recorded run had masked is taken to have fired when it was let through: nobody knows better.
struct RecordedDevices: InterruptSource {
  var mask: UInt16 = 0xFFFF
  private(set) var serviceEnd: UInt64?
  private(set) var upcallTime: UInt64 = 0
  private(set) var leavesStaleTimer = false
  private let demand: DemandReader
  private let assumption: DemandAssumption
  /// Requests that wait at the controllers, and the latest of each line.
  private var latched: UInt16 = 0
  private var latest = (0..<16).map { RecordedInterrupt(line: UInt8($0), instant: 0, kernelTime: 400) }

  init(_ demand: DemandReader, _ assumption: DemandAssumption = .init()) {
    self.demand = demand
    self.assumption = assumption
  }

  func nextInterrupt(after instant: UInt64) -> UInt64 {
    guard latched & ~mask == 0 else { return instant }
    var earliest = UInt64.max
    var lines = demand.waitingLines & ~mask
    while lines != 0 {
      if let next = demand.nextInterrupt(of: lines.trailingZeroBitCount) {
        earliest = min(earliest, max(next.instant, instant))
      }
      lines &= lines - 1
    }
    return earliest
  }

  mutating func take(at instant: UInt64) -> UInt8? {
    var lines = demand.waitingLines
    while lines != 0 {
      let line = lines.trailingZeroBitCount
      lines &= lines - 1
      while let next = demand.nextInterrupt(of: line), next.instant <= instant {
        demand.removeInterrupt(of: line)
        latched |= 1 << UInt16(line)
        latest[line] = next
      }
    }
    let open = latched & ~mask
    guard open != 0 else { return nil }
    let line = open.trailingZeroBitCount
    latched &= ~(1 << UInt16(line))
    serviceEnd = instant + assumption.kernelTime(latest[line].kernelTime)
    leavesStaleTimer = latest[line].leavesStaleTimer
    upcallTime = demand.demand.isOfKernel && !latest[line].hasUpcall ? KernelWays.upcallAtInterrupt : 0
    return UInt8(line)
  }
}

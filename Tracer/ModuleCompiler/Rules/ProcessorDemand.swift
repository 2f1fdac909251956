/// What processes ask for in the long run: the sum of capacity by period, exactly.
struct ProcessorDemand {
  struct Process {
    var capacity: UInt64
    /// Not 0.
    var period: UInt64
  }

  private let processes: [Process]

  init(_ processes: [Process]) { self.processes = processes }

  /// Whether more is asked for than `supply` in each `frame`.
  ///
  /// By fractions of 128 bits. Where their common denominator is greater than that, which no periods in whole
  /// microseconds make it, less than a nanosecond a process and frame is let pass.
  func exceeds(_ supply: UInt64, in frame: UInt64) -> Bool {
    var (sum, denominator): (UInt128, UInt128) = (0, 1)
    for process in processes {
      let (period, capacity) = (UInt128(process.period), UInt128(process.capacity))
      let factor = period / Self.commonDivisor(denominator, period)
      let (scaled, isBeyond) = sum.multipliedReportingOverflow(by: factor)
      let (common, isBeyondToo) = denominator.multipliedReportingOverflow(by: factor)
      guard !isBeyond, !isBeyondToo else { return perFrame(frame) > supply }
      let (added, isTooMuch) = capacity.multipliedReportingOverflow(by: common / period)
      let (total, isMore) = scaled.addingReportingOverflow(added)
      guard !isTooMuch, !isMore else { return perFrame(frame) > supply }
      (sum, denominator) = (total, common)
    }
    let (asked, isBeyond) = sum.multipliedReportingOverflow(by: UInt128(frame))
    let (given, isBeyondToo) = denominator.multipliedReportingOverflow(by: UInt128(supply))
    return isBeyond || isBeyondToo ? perFrame(frame) > supply : asked > given
  }

  /// What is asked for in each `frame`, each process's share rounded down to whole nanoseconds.
  func perFrame(_ frame: UInt64) -> UInt64 {
    processes.reduce(0) { sum, process in
      let share = UInt128(process.capacity) * UInt128(frame) / UInt128(process.period)
      let (total, isBeyond) = sum.addingReportingOverflow(UInt64(clamping: share))
      return isBeyond ? .max : total
    }
  }

  private static func commonDivisor(_ one: UInt128, _ other: UInt128) -> UInt128 {
    var (a, b) = (one, other)
    while b > 0 { (a, b) = (b, a % b) }
    return a
  }
}

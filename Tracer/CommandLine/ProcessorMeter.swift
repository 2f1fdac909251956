import Foundation

/// The CPU time that this process takes: what a measurement on a host that others use is worth.
struct ProcessorMeter {
  private let start = ProcessorMeter.now

  private static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Prints how many events were worked on in a second of CPU time, of all threads together, and the peak of memory.
  func report(_ verb: String, _ events: UInt64) {
    let seconds = Self.now - start
    let rate = seconds > 0 ? UInt64(Double(events) / seconds) : 0
    print("events-\(verb)-per-processor-second = \(rate) events/s (a core's worth)")
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    print("peak-memory = \(Double(usage.ru_maxrss) / 1024) MiB")
  }
}

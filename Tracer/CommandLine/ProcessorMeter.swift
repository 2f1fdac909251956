import ArgumentParser
import Foundation
import TraceReading

/// What the commands that measure have in common; they are for Tools/bench.
struct MeasureOptions: ParsableArguments {
  @Argument(help: "The trace file.", completion: .file())
  var trace: String

  @Option(help: "Read the trace again and again until so many events were worked on.")
  var events: UInt64 = 1

  @Option(help: "Threads that work.")
  var threads = WorkerPool.processorCount

  func validate() throws {
    guard (1...256).contains(threads) else { throw ValidationError("--threads is 1 to 256") }
  }

  /// Calls `body` with the trace, opened anew, until it has worked on enough events, and prints how fast that was.
  ///
  /// - Parameter body: returns how many events it has worked on.
  func measure(_ verb: String, _ body: (TraceReader) throws -> UInt64) throws {
    var meter = ProcessorMeter()
    var count: UInt64 = 0
    repeat {
      let reader = try TraceCommand.open(trace)
      let worked = try meter.time { try body(reader) }
      guard worked > 0 else { break }
      count += worked
    } while count < events
    meter.report(verb, count, threads)
  }
}

/// The time that work takes: on the wall, and of the CPU, which tells what it is worth on a host that others use too.
struct ProcessorMeter {
  private var wall = 0.0
  private var processor = 0.0

  mutating func time<Result>(_ body: () throws -> Result) rethrows -> Result {
    let (startWall, startProcessor) = (Self.now(CLOCK_MONOTONIC), Self.now(CLOCK_PROCESS_CPUTIME_ID))
    defer {
      wall += Self.now(CLOCK_MONOTONIC) - startWall
      processor += Self.now(CLOCK_PROCESS_CPUTIME_ID) - startProcessor
    }
    return try body()
  }

  private static func now(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  /// Prints rates, and the peak of this process's memory.
  func report(_ verb: String, _ events: UInt64, _ threads: Int) {
    func rate(_ seconds: Double) -> UInt64 { seconds > 0 ? UInt64(Double(events) / seconds) : 0 }
    print("events-\(verb)-per-second = \(rate(wall)) events/s (\(threads) threads)")
    print("events-\(verb)-per-processor-second = \(rate(processor)) events/s (one core's worth)")
    print("events = \(events) events")
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    print("peak-memory = \(Double(usage.ru_maxrss / 102) / 10) MiB")
  }
}

import ModuleConfiguration
import TraceFormat
import TraceReading

/// From release to completion: what the claims on deadlines judge, gathered anew for the picture.
struct ProcessJobs {
  struct Job {
    var process: Int
    var release: UInt64
    var completion: UInt64
  }
  private let processesOf: [[Int]]
  /// By process: its release while it is not complete.
  private var releases: [UInt64?]
  /// By process: the instant from which it may be released anew; nil where nobody knows.
  private var dueFrom: [UInt64?]
  private let periodOf: [UInt64]
  private let periods: PeriodStarts

  init(_ table: ModuleTable) {
    var owners = [[Int]](repeating: [], count: 256)
    let count = min(Self.maximumProcessCount, table.count(ProcessRecord.self))
    for index in 0..<count {
      let process = table.record(ProcessRecord.self, index)
      if process.deadline.count != .max { owners[Int(process.partition.rawValue)].append(index) }
    }
    processesOf = owners
    releases = [UInt64?](repeating: nil, count: count)
    dueFrom = [UInt64?](repeating: 0, count: count)
    periodOf = (0..<count).map { table.record(ProcessRecord.self, $0).period.count }
    periods = PeriodStarts(table)
  }

  /// Processes beyond these are not drawn.
  static let maximumProcessCount = 64

  /// Takes the next event; answers the jobs that it completes.
  mutating func consume(_ event: TraceEvent) -> [Job] {
    switch event.knownKind {
    case .windowStart: if let period = periods.length(ofWindow: event.operand) { release(event, period) }
    case .restart, .initialised,
      .modeChange where event.detail == 0:
      for process in processesOf[Int(event.partition)] { dueFrom[process] = 0 }
    case .hypercall where event.operand & 0xFFFF == UInt32(HypercallNumber.yield.rawValue):
      var jobs: [Job] = []
      for process in processesOf[Int(event.partition)] {
        guard let release = releases[process] else { continue }
        releases[process] = nil
        jobs.append(Job(process: process, release: release, completion: event.time))
      }
      return jobs
    case .loss: forget()
    default: break
    }
    return []
  }

  /// A period starts: of the partition's processes those are released whose own period is over.
  private mutating func release(_ event: TraceEvent, _ period: UInt64) {
    for process in processesOf[Int(event.partition)] {
      let isLonger = periodOf[process] > period && periodOf[process].isMultiple(of: period)
      if isLonger, dueFrom[process].map({ event.words.w0 < $0 }) ?? true { continue }
      releases[process] = event.words.w0
      dueFrom[process] = event.words.w0 &+ periodOf[process]
    }
  }

  /// Events are missing here.
  mutating func forget() {
    for index in releases.indices {
      releases[index] = nil
      dueFrom[index] = nil
    }
  }
}

import ModuleConfiguration
import TraceFormat

/// From release to completion: what the claims on deadlines judge, gathered anew for the picture.
struct ProcessJobs {
  struct Job {
    var process: Int
    var release: UInt64
    var completion: UInt64
  }
  private let processesOf: [[Int]]
  private var releases: [UInt64?]
  private let isPeriodStart: [Bool]

  init(_ table: ModuleTable) {
    var owners = [[Int]](repeating: [], count: 256)
    let count = min(Self.maximumProcessCount, table.count(ProcessRecord.self))
    for index in 0..<count {
      let process = table.record(ProcessRecord.self, index)
      if process.deadline.count != .max { owners[Int(process.partition.rawValue)].append(index) }
    }
    processesOf = owners
    releases = [UInt64?](repeating: nil, count: count)
    isPeriodStart = (0..<table.count(WindowRecord.self)).map { table.record(WindowRecord.self, $0).isPeriodStart }
  }

  /// Processes beyond these are not drawn.
  static let maximumProcessCount = 64

  /// Takes the next event; answers the jobs that it completes.
  mutating func consume(_ event: TraceEvent) -> [Job] {
    switch event.knownKind {
    case .windowStart where Int(event.operand) < isPeriodStart.count && isPeriodStart[Int(event.operand)]:
      for process in processesOf[Int(event.partition)] { releases[process] = event.words.w0 }
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

  /// Events are missing here.
  mutating func forget() { for index in releases.indices { releases[index] = nil } }
}

import ModuleConfiguration
import TraceFormat
import TraceReading

/// From release to completion, or to the release by which a job was late: what the claims on deadlines judge, gathered
/// anew for the picture. And who ran in between, as schedulers tell.
struct ProcessJobs {
  struct Job {
    var process: Int
    /// From when on the deadline counts.
    var release: UInt64
    /// When it was complete; of a late one, when its process was released anew.
    var end: UInt64
    /// When it had to be, where that is not simply its release and the deadline: it was moved.
    var due: UInt64?
    /// Whether it was not complete by then, nor by its deadline.
    var isLate = false
  }
  /// A stretch in which a process had the processor.
  struct Run: Equatable {
    var process: Int
    var from: UInt64
    var to: UInt64
  }

  private var follower: ProcessFollower
  /// Of the processes that are drawn; `.max` for none.
  private let deadlines: [UInt64]
  /// The runs that the last event has ended.
  private(set) var ended: [Run] = []

  init(_ table: ModuleTable) {
    follower = ProcessFollower(table)
    deadlines = (0..<min(Self.maximumProcessCount, table.count(ProcessRecord.self))).map {
      table.record(ProcessRecord.self, $0).deadline.count
    }
  }

  /// Processes beyond these are not drawn.
  static let maximumProcessCount = 64

  /// Whether its jobs are gathered: those of who has a deadline are.
  func hasJobs(_ process: Int) -> Bool { deadlines[process] != .max }

  /// The process that runs, and since when.
  var running: ProcessRun? { follower.run.flatMap { $0.process < Self.maximumProcessCount ? $0 : nil } }

  /// Takes the next event; answers the jobs that end with it, complete or late.
  mutating func consume(_ event: TraceEvent) -> [Job] {
    var jobs: [Job] = []
    var runs: [Run] = []
    let deadlines = deadlines
    func note(_ change: ProcessFollower.Change) {
      switch change {
      case .ended(let process, let course, let end, let instant) where process < deadlines.count && end != .stopped:
        guard deadlines[process] != .max else { break }
        let isMoved = course.due.map { $0 != course.start &+ deadlines[process] } ?? false
        jobs.append(
          Job(
            process: process, release: course.start, end: instant, due: isMoved ? course.due : nil,
            isLate: end == .late))
      case .runsNoLonger(let run, _, let instant) where run.process < deadlines.count && run.from < instant:
        runs.append(Run(process: run.process, from: run.from, to: instant))
      default: break
      }
    }
    if event.knownKind == .restart {
      // A job that seems to begin while memory is made anew is dropped where that is over.
      follower.stop(event.partition, at: event.time, note)
    } else {
      follower.consume(event, at: event.time, note)
    }
    ended = runs
    return jobs
  }

  /// Events are missing here.
  mutating func forget() { follower.forget() }
}

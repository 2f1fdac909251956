import TraceFormat
import TraceReading

/// Releases and completions of processes, and which of them has the processor.
extension Timeline {
  /// Takes what an event says of processes.
  mutating func follow(_ event: TraceEvent, _ time: UInt64, _ position: UInt64, _ tell: Sink) {
    processes.consume(event, at: time) { tell(Self.change($0), time, position) }
  }

  /// Tells what has happened since the last event: a process goes on where its partition's window starts.
  mutating func catchUp(to time: UInt64, _ position: UInt64, _ tell: Sink) {
    let earliest = floor
    var latest = earliest
    processes.catchUp(to: time) { change in
      if case .runs(let run) = change { latest = max(earliest, run.from) }
      tell(Self.change(change), latest, position)
    }
    floor = latest
  }

  /// Tells what is under way at the floor.
  func tellProcesses(_ position: UInt64, _ tell: Sink) {
    for process in 0..<processes.processCount {
      if let start = processes.start(of: process) { tell(.released(process: process, start: start), floor, position) }
    }
    if let run = processes.run { tell(.runs(run), floor, position) }
  }

  /// Tells who is under way at the end, and late already.
  func tellOverdue(at end: UInt64, _ tell: Sink) {
    for (process, course) in processes.overdue(at: end) {
      tell(.overdue(process: process, course), end, lastPosition)
    }
  }

  private static func change(_ change: ProcessFollower.Change) -> TimelineChange {
    switch change {
    case .released(let process, let start): .released(process: process, start: start)
    case .delayed(let process, let start): .delayed(process: process, start: start)
    case .ended(let process, let course, .stopped, _): .stopped(process: process, course)
    case .ended(let process, let course, .late, _): .late(process: process, course)
    case .ended(let process, let course, .complete, let instant): .completed(process: process, course, at: instant)
    case .runs(let run): .runs(run)
    case .runsNoLonger(let run, let outcome, let instant): .runsNoLonger(run, became: outcome, at: instant)
    }
  }
}

import ModuleConfiguration
import TraceFormat
import TraceReading

/// How often processes got the processor, and for how long they had it, as their schedulers tell.
struct ProcessTimes {
  struct Process {
    var name: String
    var partition: UInt8
    /// How often it was given the processor; going on in its partition's next window is not counted.
    var dispatches: UInt64 = 0
    /// Nanoseconds, kernel entries in between included.
    var time: UInt64 = 0
    fileprivate var wasCut = false
  }

  private var processes: [Process]
  private var follower: ProcessFollower
  private var lastTime: UInt64 = 0

  init(_ table: ModuleTable) {
    processes = (0..<table.count(ProcessRecord.self)).map { index in
      let record = table.record(ProcessRecord.self, index)
      return Process(name: TraceVocabulary.text(table, record.name), partition: record.partition.rawValue)
    }
    follower = ProcessFollower(table)
  }

  /// Those that had the processor, as the module file has them.
  var told: [Process] { processes.filter { $0.dispatches > 0 } }

  mutating func add(_ batch: TraceBatch) {
    switch batch {
    case .events(_, let events): for event in events { add(event) }
    case .gap: forget()
    }
  }

  /// The trace is over: who runs does so up to the last event.
  mutating func finish() {
    guard let run = follower.run else { return }
    processes[run.process].time &+= lastTime &- min(lastTime, run.from)
  }

  private mutating func add(_ event: TraceEvent) {
    // What follows a loss has nothing to do with who ran before.
    if event.knownKind == .loss { forget() }
    var changes: [ProcessFollower.Change] = []
    follower.consume(event, at: event.time) { changes.append($0) }
    for change in changes { note(change) }
    lastTime = max(lastTime, event.time)
  }

  private mutating func note(_ change: ProcessFollower.Change) {
    switch change {
    case .runs(let run):
      if !processes[run.process].wasCut { processes[run.process].dispatches += 1 }
      processes[run.process].wasCut = false
    case .runsNoLonger(let run, let outcome, let end):
      processes[run.process].time &+= end &- run.from
      processes[run.process].wasCut = outcome == .cut
    default: break
    }
  }

  /// Events are missing here.
  private mutating func forget() {
    finish()
    follower.forget()
    for index in processes.indices { processes[index].wasCut = false }
  }
}

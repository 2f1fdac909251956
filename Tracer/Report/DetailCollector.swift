import APEXTypes
import ModuleConfiguration
import TraceFormat
import TraceReading

/// The events of the stretches that a `DetailPlan` names, as text for the page; the second pass over a trace.
struct DetailCollector {
  /// A stretch of events in a row.
  private struct Region {
    var first: UInt64
    var base: UInt64
    var last: UInt64
    var rows: [String] = []
    var jobs: [String] = []
    var runs: [String] = []
    /// The process that runs behind its last event.
    var running: ProcessRun?
    var previous: UInt64

    /// Those that its events end, and the one that goes on, as far as they reach.
    var allRuns: [String] {
      guard let running, running.from < last else { return runs }
      return runs + ["[\(running.process),\(running.from),\(last)]"]
    }
  }

  private let ranges: [ClosedRange<UInt64>]
  private var nextRange = 0
  private var regions: [Region] = []
  private let vocabulary: TraceVocabulary
  private(set) var kinds: Set<UInt8> = []
  private(set) var eventCount: UInt64 = 0
  private var jobs: ProcessJobs

  init(_ plan: DetailPlan, _ table: ModuleTable) {
    ranges = plan.ranges
    vocabulary = TraceVocabulary(table)
    jobs = ProcessJobs(table)
  }

  mutating func add(_ batch: TraceBatch) {
    guard case .events(let first, let events) = batch else {
      jobs.forget()
      return
    }
    for index in events.indices { add(events[index], first &+ UInt64(index)) }
  }

  private mutating func add(_ event: TraceEvent, _ position: UInt64) {
    let ended = jobs.consume(event)
    while nextRange < ranges.count, ranges[nextRange].upperBound < position { nextRange += 1 }
    guard nextRange < ranges.count, ranges[nextRange].contains(position) else { return }
    // A range may be interrupted by a gap: positions on the page run on within a region.
    let isContinued = regions.last.map { $0.first &+ UInt64($0.rows.count) == position } ?? false
    if !isContinued || position == ranges[nextRange].lowerBound {
      regions.append(Region(first: position, base: event.time, last: event.time, previous: event.time))
    }
    let last = regions.count - 1
    for job in ended {
      let flag = job.isLate ? ",1" : job.due == nil ? "" : ",0"
      let due = job.due.map { ",\($0)" } ?? ""
      regions[last].jobs.append("[\(job.process),\(job.release),\(job.end)\(flag)\(due)]")
    }
    for run in jobs.ended { regions[last].runs.append("[\(run.process),\(run.from),\(run.to)]") }
    regions[last].running = jobs.running
    let step = event.time >= regions[last].previous ? event.time - regions[last].previous : 0
    regions[last].rows.append(row(event, step))
    regions[last].previous += step
    regions[last].last = regions[last].previous
    kinds.insert(event.kind)
    eventCount += 1
  }

  /// [time since the row before, kind, partition, subject, resume delay of an entry or −1, text]
  private func row(_ event: TraceEvent, _ step: UInt64) -> String {
    let description = EventDescription(event, position: 0, vocabulary)
    let text = description.fields.map(\.text).joined(separator: " ")
    var resumed = "-1"
    var subject = UInt64(event.operand)
    switch event.knownKind {
    case .interrupt, .timer, .hypercall, .exception:
      resumed = String(EntrySnapshot(event).resumeDelay)
      subject &= 0xFFFF
    case .partitionSwitch: subject = event.words.w0
    default: break
    }
    return "[\(step),\(event.kind),\(event.partition),\(subject),\(resumed),\(PageText.quoted(text))]"
  }

  /// Adds the regions to a page as a JSON array.
  func append(to page: inout [UInt8]) {
    page += "[".utf8
    for (place, region) in regions.enumerated() {
      if place > 0 { page += ",\n".utf8 }
      page += "{\"first\":\(region.first),\"from\":\(region.base),".utf8
      page += "\"to\":\(region.last),\"jobs\":[\(region.jobs.joined(separator: ","))],".utf8
      page += "\"runs\":[\(region.allRuns.joined(separator: ","))],\n\"rows\":[".utf8
      for (row, text) in region.rows.enumerated() {
        if row > 0 { page += ",\n".utf8 }
        page += text.utf8
      }
      page += "]}".utf8
    }
    page += "]".utf8
  }
}

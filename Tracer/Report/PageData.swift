import APEXTypes
import ModuleConfiguration
import TraceFormat
import TraceReading
import Verification

/// Everything that the page shows, as the JSON object that it carries.
struct PageData {
  /// Cells that all lanes may have together: with two bytes each some 3 MB in base64.
  static let maximumCellCount = 1_200_000
  static let maximumExplanationLength = 400

  let traceName: String
  let table: ModuleTable
  let vocabulary: TraceVocabulary
  let statistics: TraceStatistics
  let sizes: TraceSizes
  let condition: TraceCondition
  let identity: String
  let verification: VerificationReport
  let timeline: TimelineRecorder
  let detail: DetailCollector

  /// Adds the object to a page, of which it is nearly all: piece by piece, for what is large is not to be held twice.
  ///
  /// No character of it can begin a tag.
  func append(to page: inout [UInt8]) {
    page += "{\"format\":1,\n\"trace\":\(trace),\n\"module\":\(module),\n\"partitions\":[\(partitions)],\n".utf8
    page += "\"schedules\":[\(schedules)],\n\"processes\":[\(processes)],\n\"kinds\":{\(kinds)},\n".utf8
    page += "\"verification\":\(verdicts),\n\"measures\":[\(measures)],\n\"cells\":".utf8
    appendCells(to: &page)
    page += ",\n\"frames\":\(frames),\n\"residency\":".utf8
    appendResidency(to: &page)
    page += ",\n\"gaps\":[\(gaps)],\n\"regions\":".utf8
    detail.append(to: &page)
    page += "}".utf8
  }

  private func quoted(_ text: String) -> String { PageText.quoted(text) }

  private func text(_ name: NameReference) -> String { quoted(TraceVocabulary.text(table, name)) }

  // MARK: Identity

  private var trace: String {
    let first = statistics.firstTime ?? 0
    let recorded = statistics.isRecorded.map { "\($0)" } ?? "null"
    return "{\"name\":\(quoted(traceName)),\"identity\":\(quoted(identity)),\"condition\":\(quoted("\(condition)")),"
      + "\"complete\":\(condition.isComplete),\"events\":\(statistics.eventCount),\"firstNs\":\(first),"
      + "\"lastNs\":\(statistics.lastTime),\"lost\":\(statistics.eventsLost),\"missing\":\(statistics.eventsMissing),"
      + "\"missingNs\":\(statistics.missingTime),\"recorded\":\(recorded),"
      + "\"gaps\":\(timeline.gapCount),\"bytes\":\(sizes.storedBytes),\"tableBytes\":\(sizes.tableBytes),"
      + "\"blocks\":\(sizes.blockCount),\"detailed\":\(detail.eventCount)}"
  }

  private var module: String {
    let module = table.module
    return "{\"name\":\(text(module.name)),\"identifier\":\(module.identifier),"
      + "\"checksum\":\(PageText.hexadecimal(table.checksum)),\"images\":\(PageText.hexadecimal(table.imageIdentity)),"
      + "\"kernel\":\(PageText.hexadecimal(timeline.kernelIdentity)),\"allowanceNs\":\(module.switchAllowance.count),"
      + "\"finalPadNs\":\(module.finalPad.count),\"ringBytes\":\(module.ringBytes),"
      + "\"keyframeFrames\":\(module.keyframeIntervalFrames),\"pitHz\":\(module.intervalTimerHertz),"
      + "\"rtcHz\":\(module.realTimeClockHertz),\"drainer\":\(module.drainer.rawValue),"
      + "\"initialSchedule\":\(module.initialSchedule),"
      + "\"leftOut\":[\(TraceVocabulary.kinds(of: module.leftOutKinds).map(quoted).joined(separator: ","))]}"
  }

  private var partitions: String {
    let items = (0..<table.partitionCount).map { index in
      let record = table.record(PartitionRecord.self, index)
      return "{\"name\":\(quoted(vocabulary.partition(UInt8(index)))),\"identifier\":\(record.identifier),"
        + "\"periodNs\":\(record.period.count),\"durationNs\":\(record.duration.count),"
        + "\"build\":\(PageText.hexadecimal(record.buildIdentity)),\"criticality\":\(record.criticality),"
        + "\"system\":\(record.flags.contains(.system)),\"drainer\":\(record.flags.contains(.drainer)),"
        + "\"ringThreeNs\":\(statistics.ringThreeTime[index])}"
    }
    return items.joined(separator: ",")
  }

  // MARK: Configuration

  private var schedules: String {
    let items = (0..<table.count(ScheduleRecord.self)).map { index in
      let record = table.record(ScheduleRecord.self, index)
      let windows = record.windows.indices.map { place in
        let window = table.record(WindowRecord.self, place)
        return "[\(window.start.count),\(window.duration.count),\(window.partition.rawValue),\(window.identifier),"
          + "\(window.isPeriodStart ? 1 : 0)]"
      }
      return "{\"name\":\(text(record.name)),\"identifier\":\(record.identifier),"
        + "\"majorFrameNs\":\(record.majorFrame.count),\"windows\":[\(windows.joined(separator: ","))]}"
    }
    return items.joined(separator: ",")
  }

  private var processes: String {
    let count = min(ProcessJobs.maximumProcessCount, table.count(ProcessRecord.self))
    let items = (0..<count).map { index in
      let record = table.record(ProcessRecord.self, index)
      let deadline = record.deadline.count == .max ? "null" : "\(record.deadline.count)"
      return "{\"name\":\(text(record.name)),\"partition\":\(record.partition.rawValue),"
        + "\"periodNs\":\(record.period.count),\"deadlineNs\":\(deadline),\"priority\":\(record.priority)}"
    }
    return items.joined(separator: ",")
  }

  private var kinds: String {
    let items = (0..<256).filter { statistics.counts[$0] > 0 || detail.kinds.contains(UInt8($0)) }.map {
      "\"\($0)\":[\(quoted(TraceVocabulary.kind(UInt8($0)))),\(statistics.counts[$0])]"
    }
    return items.joined(separator: ",")
  }

  // MARK: Findings

  private var verdicts: String {
    let claims = verification.claims.map { claim(of: $0) }
    return "{\"verdict\":\"\(verification.verdict.rawValue)\",\"pass\":\(verification.count(.pass)),"
      + "\"fail\":\(verification.count(.fail)),\"unknown\":\(verification.count(.unknown)),"
      + "\"fileDefect\":\(quoted(verification.fileDefect)),"
      + "\"omission\":\(verification.omission.map(quoted) ?? "null"),\"claims\":[\n\(claims.joined(separator: ",\n"))]}"
  }

  private func claim(of claim: ClaimResult) -> String {
    let optional = { (value: Int64?) in value.map(String.init) ?? "null" }
    let worst = claim.worst.map { "[\($0.value),\($0.position),\($0.timeInNanoseconds)]" } ?? "null"
    return "{\"id\":\(quoted(claim.identifier)),\"title\":\(quoted(claim.title)),"
      + "\"verdict\":\"\(claim.verdict.rawValue)\",\"checked\":\(claim.checked),\"failures\":\(claim.failures),"
      + "\"unit\":\(quoted(claim.unit.rawValue)),\"bound\":\(optional(claim.bound)),\"floor\":\(claim.isFloor),"
      + "\"worst\":\(worst),\"margin\":\(optional(claim.margin)),\"remark\":\(quoted(claim.remark)),"
      + "\"first\":[\(violations(claim.firstViolations))],\"gravest\":[\(violations(claim.worstViolations))]}"
  }

  private func violations(_ violations: [Violation]) -> String {
    let items = violations.map { violation in
      let text = String(violation.explanation.prefix(Self.maximumExplanationLength))
      return "[\(violation.position),\(violation.timeInNanoseconds),\(violation.excess),\(quoted(text))]"
    }
    return items.joined(separator: ",")
  }

  private var measures: String {
    let items = statistics.measures.compactMap { measure -> String? in
      guard let histogram = statistics.histograms[measure] else { return nil }
      let buckets = histogram.occupied.map { "[\($0.least),\($0.greatest),\($0.count)]" }
      return "{\"measure\":\(quoted(measure.title)),\"subject\":\(quoted(measure.subject(vocabulary))),"
        + "\"count\":\(histogram.count),\"min\":\(histogram.minimum),"
        + "\"median\":\(histogram.quantile(perMille: 500) ?? 0),\"p99\":\(histogram.quantile(perMille: 990) ?? 0),"
        + "\"max\":\(histogram.maximum),\"buckets\":[\(buckets.joined(separator: ","))]}"
    }
    return items.joined(separator: ",\n")
  }

  // MARK: Timeline

  private func appendCells(to page: inout [UInt8]) {
    var coarse = timeline
    let order = TimelineLane.Group.allCases
    coarse.coarsen(until: statistics.lastTime, limit: Self.maximumCellCount / max(1, coarse.lanes.count))
    let used = coarse.cells.used(until: statistics.lastTime)
    let names = (0..<min(ProcessJobs.maximumProcessCount, table.count(ProcessRecord.self))).map {
      TraceVocabulary.text(table, table.record(ProcessRecord.self, $0).name)
    }
    let claims = coarse.violatedClaims.map { verification.claims[$0].identifier }
    let indices = coarse.lanes.indices.sorted { one, other in
      let (left, right) = (coarse.lanes[one], coarse.lanes[other])
      let (first, second) = (order.firstIndex(of: left.group)!, order.firstIndex(of: right.group)!)
      return first != second ? first < second : left.subject < right.subject
    }
    page += "{\"baseNs\":\(coarse.cells.base),\"widthNs\":\(coarse.cells.width),\"count\":\(used),\"lanes\":[\n".utf8
    for (place, index) in indices.enumerated() {
      let lane = coarse.lanes[index]
      let values = coarse.cells.lanes[index][0..<used]
      let size = CompactNumbers.elementBytes(values)
      var numbers = CompactNumbers()
      numbers.append(values, elementBytes: size)
      if place > 0 { page += ",\n".utf8 }
      page += "{\"group\":\"\(lane.group.rawValue)\",\"subject\":\(lane.subject),".utf8
      page += "\"label\":\(quoted(lane.label(vocabulary, processes: names, claims: claims))),".utf8
      page += "\"bytes\":\(size),\"data\":\"".utf8
      numbers.append(to: &page)
      page += "\"}".utf8
    }
    page += "]}".utf8
  }

  private var frames: String {
    let epochs = timeline.frames.epochs.map { "[\($0.number),\($0.start),\($0.schedule)]" }
    return "{\"count\":\(timeline.frames.frameCount),\"isCut\":\(timeline.frames.isCut),"
      + "\"epochs\":[\(epochs.joined(separator: ","))]}"
  }

  private func appendResidency(to page: inout [UInt8]) {
    let residency = timeline.residency
    page += "{\"baseNs\":\(residency.base),\"count\":\(residency.count),".utf8
    page += "\"cutAtNs\":\(residency.cutAt.map(String.init) ?? "null"),\"data\":\"".utf8
    residency.numbers.append(to: &page)
    page += "\"}".utf8
  }

  private var gaps: String {
    let items = timeline.gaps.map { gap in
      "[\(gap.time),\(gap.eventsMissing.map(String.init) ?? "null"),\(quoted(gap.reason)),\(gap.until ?? gap.time)]"
    }
    return items.joined(separator: ",")
  }
}

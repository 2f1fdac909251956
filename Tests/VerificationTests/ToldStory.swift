import APEXTypes
import ModuleConfiguration
import PartitionCore
import Testing
import TraceFormat

@testable import Audit
@testable import Verification

extension ProcessKey {
  init(of name: String) { self = Array(name.utf8).withUnsafeBytes { ProcessKey(name: $0) } }
}

extension SampleModule {
  struct Work {
    var owner: UInt8
    var name: String
    var period: UInt64
    var deadline: UInt64
    var completion = ProcessCompletion.told
  }

  /// The same with other processes.
  static func working(_ processes: [Work]) throws -> SampleModule {
    try SampleModule { name in
      configuration(name).map { section in
        guard section.0 == ModuleSection.processes.rawValue else { return section }
        return Self.processes(processes, name)
      }
    }
  }

  /// The section with such processes.
  static func processes(_ processes: [Work], _ name: (String) -> NameReference) -> (UInt64, Int, [UInt64]) {
    records(
      processes.map {
        ProcessRecord(
          partition: PartitionIndex($0.owner), name: name($0.name), period: Nanoseconds($0.period),
          capacity: Nanoseconds(100_000), deadline: Nanoseconds($0.deadline), priority: 1, completion: $0.completion)
      })
  }
}

extension Story {
  private static func isYield(_ event: TraceEvent) -> Bool { event.operand & 0xFFFF == 65 && event.partition == 1 }

  /// Control tells of its processes in a frame, so long after its period's start: before it yields, and after all that
  /// it was told to tell before.
  mutating func tell(_ frame: Int, at offset: UInt64, words: [UInt64], status: UInt8 = 0) {
    let yield = index(.hypercall, frame, where: Self.isYield)
    var (call, result) = (lines[yield], lines[yield + 1])
    let number = UInt32(HypercallNumber.tellProcess.rawValue)
    call.event.time = ToldStory.start(of: frame) + offset
    call.event.operand = call.event.operand & ~0xFFFF | number
    for (index, word) in words.enumerated() { call.event.words[index + 3] = word }
    result.event = TraceEvent(
      time: call.event.time + 20, .hypercallResult, partition: 1, detail: status, operand: number)
    lines[yield].resume = result.event.time + 30
    lines.insert(contentsOf: [call, result], at: yield)
  }

  mutating func tell(_ frame: Int, at offset: UInt64, _ telling: ProcessTelling, status: UInt8 = 0) {
    let keys = UInt64(telling.to.rawValue) << 32 | UInt64(telling.from.rawValue)
    let state = telling.state.map { UInt64($0.rawValue) } ?? 0
    tell(frame, at: offset, words: [keys, state, UInt64(bitPattern: telling.age)], status: status)
  }

  /// Control's process has the processor now.
  mutating func dispatch(_ frame: Int, at offset: UInt64, age: Int64 = 0, status: UInt8 = 0) {
    tell(frame, at: offset, ProcessTelling(from: .none, .dormant, to: ToldStory.law, age: age), status: status)
  }

  /// Control's process has it no more.
  mutating func leave(
    _ frame: Int, at offset: UInt64, _ state: ProcessTelling.State = .complete, status: UInt8 = 0
  ) {
    tell(frame, at: offset, ProcessTelling(from: ToldStory.law, state, to: .none), status: status)
  }

  /// Control's process has its job done in some frames, which takes so long.
  mutating func work(_ frames: [Int], from begin: UInt64 = 100_000, to end: UInt64 = 400_000) {
    for frame in frames {
      dispatch(frame, at: begin)
      leave(frame, at: end)
    }
  }

  /// Control does not yield in some frames.
  mutating func omit(yields: [Int]) {
    for yield in yields.sorted(by: >) {
      for kind in [EventKind.hypercall, .hypercallResult] {
        change(kind, yield, where: Self.isYield) { $0.operand = $0.operand & ~0xFFFF | 73 }
      }
    }
  }
}

/// A story in which Control tells of its processes, and what both judges say of it.
///
/// Control's periods start at 3 ms and every 10 ms from then on, five times; it yields a millisecond later.
struct ToldStory: CustomStringConvertible {
  static let law = ProcessKey(of: "law")
  static func start(of frame: Int) -> UInt64 { 3_000_000 + UInt64(frame) * SampleModule.frame }

  var claim: ClaimResult
  /// Of processes of another partition: one is complete by yields, one is told of.
  var (scan, watch): (ClaimResult, ClaimResult)
  var events: [TraceEvent]

  var description: String {
    "\(claim.verdict), \(claim.checked) checked, \(claim.failures) violated, worst \(claim.worst?.value ?? -1), "
      + claim.firstViolations.map { "@\($0.position) \($0.explanation)" }.joined(separator: "; ")
  }

  static func module(
    period: UInt64, deadline: UInt64, completion: ProcessCompletion = .told
  ) throws -> SampleModule {
    try SampleModule.working([
      .init(owner: 1, name: "law", period: period, deadline: deadline, completion: completion),
      .init(owner: 0, name: "scan", period: SampleModule.frame, deadline: 8_000_000, completion: .yield),
      .init(owner: 0, name: "watch", period: SampleModule.frame, deadline: 8_000_000),
      // Without a deadline nothing is claimed of it.
      .init(owner: 1, name: "idle", period: 0, deadline: .max),
    ])
  }

  /// - Parameters:
  ///   - completion: how a job of law is known to be complete.
  ///   - yields: the frames in which Control does not yield.
  ///   - change: what is told, and what else is not as in the story.
  init(
    period: UInt64 = SampleModule.frame, deadline: UInt64 = 1_800_000, completion: ProcessCompletion = .told,
    without yields: [Int] = [], _ change: (inout Story) -> Void
  ) throws {
    let module = try Self.module(period: period, deadline: deadline, completion: completion)
    var story = Story(Scribe.story(of: module))
    change(&story)
    story.omit(yields: yields)
    events = story.events
    let report = report(events, module)
    claim = try #require(report.claim("process.deadline.Control.law"))
    scan = try #require(report.claim("process.deadline.Sensors.scan"))
    watch = try #require(report.claim("process.deadline.Sensors.watch"))
    #expect(report.claim("process.deadline.Control.idle") == nil)
    Self.compare(report, events, module)
    let found = MutationScoreTests.compare(events, module)
    #expect(found.missed.isEmpty && found.wrong.isEmpty, "\(found)")
    let trace = TraceFileTests.write(events, module)
    let audit = try CertificateTests.audit(CertificateTests.certificate(trace), trace)
    #expect(audit.isConfirmed, "\(audit.text)")
  }

  /// Both judges find the same values of all processes, the worst and the violations at the same places.
  static func compare(_ report: VerificationReport, _ events: [TraceEvent], _ module: SampleModule) {
    var auditor = Auditor(module.table)
    for (position, event) in events.enumerated() { auditor.consume(event, position: UInt64(position)) }
    for measure in auditor.measures where measure.identifier.hasPrefix("process.") {
      guard let claim = report.claim(measure.identifier) else {
        Issue.record("no claim \(measure.identifier)")
        continue
      }
      let isAlike =
        measure.checked == claim.checked && measure.failures == claim.failures
        && measure.cases.first?.value == claim.worst?.value && measure.cases.first?.position == claim.worst?.position
        && measure.first.first?.position == claim.firstViolations.first?.position
      #expect(isAlike, "\(measure) and \(claim)")
    }
  }

  /// Whether law was judged so often, and found late so often; its worst value, and where it was late first.
  func says(_ checked: UInt64, late: UInt64 = 0, worst: Int64?, at place: UInt64? = nil) -> Bool {
    let verdict: Verdict = late > 0 ? .fail : checked > 0 ? .pass : .unknown
    return claim.verdict == verdict && claim.checked == checked && claim.failures == late
      && claim.worst?.value == worst && claim.firstViolations.first?.position == place
  }

  /// Whether it was judged so often and never found late, and is unknown all the same.
  func isDoubtful(_ checked: UInt64, worst: Int64?) -> Bool {
    claim.verdict == .unknown && claim.checked == checked && claim.failures == 0 && claim.worst?.value == worst
      && !claim.remark.isEmpty
  }

  private func position(_ ordinal: Int, _ condition: (TraceEvent) -> Bool) -> UInt64? {
    let places = events.indices.filter { condition(events[$0]) }
    return ordinal < places.count ? UInt64(places[ordinal]) : nil
  }

  /// The place of the answer to what Control told as the `ordinal`-th thing, from 0.
  func answer(_ ordinal: Int) -> UInt64? {
    position(ordinal) { $0.knownKind == .hypercallResult && $0.operand == HypercallNumber.tellProcess.rawValue }
  }
  /// Where Control's period starts in a frame.
  func release(_ frame: Int) -> UInt64? { position(frame) { $0.knownKind == .windowStart && $0.operand == 1 } }
}

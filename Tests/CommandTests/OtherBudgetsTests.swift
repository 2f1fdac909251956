import CommandFolder
import Foundation
import Testing
import TraceFormat
import TraceReading

/// `partita what-if` under other budgets: what the kernel's own paths took is held against them too.
@Suite struct OtherBudgetsTests {
  /// The answer of a run that was recorded under one module, under another.
  private static func answer(recorded: OtherModule, under other: OtherModule) throws -> WhatIfAnswer {
    let folder = try CommandFolder()
    try folder.write(Array(recorded.text.utf8), to: "recorded.xml")
    try folder.write(Array(other.text.utf8), to: "other.xml")
    #expect(try folder.run("synthesize", "recorded.xml", "--events", "60000", "-o", "run").ending == .status(0))
    let run = try folder.run("what-if", "run", "--module", "other.xml", "--format", "json")
    let answer = try JSONDecoder().decode(WhatIfAnswer.self, from: Data(run.output.utf8))
    #expect(run.ending == .status(answer.exitStatus), "\(run.errors)")
    return answer
  }

  /// Claims, and how their budgets are written.
  private static let budgets = [
    ("budget.interruptToMark.8", "\"INTERRUPT_TO_MARK\" Subject=\"8\" BoundSeconds="),
    ("budget.kernelTime", "\"KERNEL_TIME_PER_FRAME\" BoundSeconds="),
    ("budget.traceBytes", "\"TRACE_BYTES_PER_SECOND\" Bound="),
    ("padding.margin", "\"PAD_MARGIN\" BoundSeconds="),
  ]

  @Test func theSameBudgetsHold() throws {
    let module = try OtherModule()
    let answer = try Self.answer(recorded: module, under: module)
    #expect(answer.exitStatus == 0)
    for (identifier, _) in Self.budgets {
      let claim = try #require(answer.claim(identifier))
      #expect(claim.recordedVerdict == "pass" && claim.predictedVerdict == "pass", "\(claim)")
    }
    #expect(answer.assumptions.contains { $0.contains("held against the other module's bound") })
  }

  /// Each by itself, at just what was measured and one beyond it.
  @Test(arguments: [0, 1, 2, 3]) func aBudgetThatWasExceededIsViolated(number: Int) throws {
    let (identifier, place) = Self.budgets[number]
    let module = try OtherModule()
    let worst = try #require(try Self.answer(recorded: module, under: module).claim(identifier)?.recordedWorst)
    // A pad's margin must not be less.
    let isFloor = identifier == "padding.margin"
    for (bound, verdict) in [(worst, "pass"), (isFloor ? worst + 1 : worst - 1, "fail")] {
      var other = module
      let digits = String(bound)
      let seconds = "0." + String(repeating: "0", count: max(0, 9 - digits.count)) + digits
      try other.set(place, to: identifier == "budget.traceBytes" ? digits : seconds)
      let answer = try Self.answer(recorded: module, under: other)
      let claim = try #require(answer.claim(identifier))
      #expect(claim.bound == bound && claim.recordedVerdict == "pass", "\(claim)")
      #expect(claim.predictedVerdict == verdict, "\(claim)")
      #expect(answer.exitStatus == (verdict == "fail" ? 1 : 0), "\(claim)")
    }
  }

  /// A prediction's windows start at their instants always, so what was recorded is held against the bound.
  @Test(arguments: [("0.000000030", "pass", Int32(0)), ("0.000000029", "fail", 1)])
  func aWindowStartsAsLateAsItDid(bound: String, verdict: String, status: Int32) throws {
    let folder = try CommandFolder()
    #expect(try folder.run("synthesize", OtherModule.path, "--events", "8000", "-o", "run").ending == .status(0))
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("run"))))
    try folder.write(Self.withALateWindow(whole, by: 30), to: "late")
    var other = try OtherModule()
    try other.set("\"WINDOW_START_ERROR\" BoundSeconds=", to: bound)
    try folder.write(Array(other.text.utf8), to: "other.xml")
    let run = try folder.run("what-if", "late", "--module", "other.xml", "--format", "json")
    let claim = try JSONDecoder().decode(WhatIfAnswer.self, from: Data(run.output.utf8)).claim("window.start.instant")
    #expect(claim?.recordedWorst == 30 && claim?.recordedVerdict == "pass", "\(run.output) \(run.errors)")
    #expect(claim?.predictedVerdict == verdict && run.ending == .status(status))
  }

  /// The trace with the first call in one of its windows resumed so much later, in ns.
  private static func withALateWindow(_ bytes: [UInt8], by delay: UInt64) throws -> [UInt8] {
    let reader = try TraceReader(bytes: bytes)
    defer { withExtendedLifetime(reader) {} }
    var writer = TraceWriter(moduleTable: Array(reader.moduleTable.bytes))
    var (start, before, isDone) = (UInt64.max, UInt64(0), false)
    while case .event(_, var event)? = reader.next() {
      if event.knownKind == .windowStart { start = event.words.w0 }
      if event.knownKind == .hypercall, before + event.words.w1 == start, event.time > start + delay, !isDone {
        event.words.w1 += delay
        isDone = true
      }
      before = event.time
      writer.append(event)
    }
    return writer.finish()
  }

  /// A kernel that writes a keyframe in every frame makes more bytes, nobody knows how many. How long it takes for one
  /// the recorded run has shown, and there is room for two; where it has not, nobody knows that either.
  @Test(arguments: [("50", true), ("5000", false)]) func moreKeyframes(interval: String, isRecorded: Bool) throws {
    var module = try OtherModule()
    try module.set("KeyframeIntervalFrames=", to: interval)
    var other = module
    try other.set("KeyframeIntervalFrames=", to: "1")
    let answer = try Self.answer(recorded: module, under: other)
    for (identifier, _) in Self.budgets {
      let claim = try #require(answer.claim(identifier))
      let isKnown = identifier == "budget.interruptToMark.8" || isRecorded && identifier != "budget.traceBytes"
      #expect(claim.recordedVerdict == "pass" && claim.predictedVerdict == (isKnown ? "pass" : "unknown"), "\(claim)")
    }
    #expect(answer.exitStatus == 3 && answer.weaknesses.contains { $0.hasPrefix("keyframes come more often") })
    // The other way round there is nothing that was not recorded.
    let fewer = try Self.answer(recorded: other, under: module)
    for (identifier, _) in Self.budgets where identifier != "budget.traceBytes" {
      #expect(fewer.claim(identifier)?.predictedVerdict == "pass", "\(identifier)")
    }
    #expect(!fewer.weaknesses.contains { $0.contains("keyframes") })
  }

  /// Lines that interrupt strangers less often take no more of a frame; more often, nobody knows how much.
  @Test func anotherPolicyOfALine() throws {
    let module = try OtherModule()
    var other = module
    let policy = "\"8\" Policy=\"MARKED_AT_ONCE\" BudgetPerWindow="
    try other.set(policy, to: "2")
    for (recorded, predicted, isKnown) in [(module, other, true), (other, module, false)] {
      let answer = try Self.answer(recorded: recorded, under: predicted)
      for identifier in ["budget.interruptToMark.0", "budget.interruptToMark.8", "padding.margin"] {
        #expect(answer.claim(identifier)?.predictedVerdict == "pass", "\(identifier)")
      }
      #expect(answer.claim("budget.kernelTime")?.predictedVerdict == (isKnown ? "pass" : "unknown"))
      #expect(answer.weaknesses.contains { $0.contains("strangers more often") } == !isKnown)
    }
  }

  /// From mark to upcall a prediction may be off by half a microsecond where the kernel goes other ways than recorded:
  /// so near its bound nobody knows, and beyond that everybody does.
  @Test func aBoundThatIsTooNearIsUnknown() throws {
    let folder = try CommandFolder()
    func answer(bound: Int64, policy: String) throws -> WhatIfAnswer {
      var other = try OtherModule()
      let digits = String(bound)
      try other.set(
        "\"MARK_TO_UPCALL\" Subject=\"4\" BoundSeconds=",
        to: "0." + String(repeating: "0", count: 9 - digits.count) + digits)
      try other.set("\"8\" Policy=\"MARKED_AT_ONCE\" BudgetPerWindow=", to: policy)
      try folder.write(Array(other.text.utf8), to: "other.xml")
      let run = try folder.run("what-if", "run", "--module", "other.xml", "--margin", "50", "--format", "json")
      return try JSONDecoder().decode(WhatIfAnswer.self, from: Data(run.output.utf8))
    }
    let identifier = "budget.markToUpcall.4"
    // A world in which nobody who computes half as long again is answered otherwise, for then nothing is sure: how long
    // the images are decides.
    let seed = try (1...20).first { seed in
      let words = ["synthesize", OtherModule.path, "--events", "20000", "--seed", "\(seed)", "-o", "run", "--force"]
      #expect(try folder.run(words).ending == .status(0))
      return try answer(bound: 5000, policy: "2").weaknesses.isEmpty
    }
    try #require(seed != nil)
    let claim = try #require(try answer(bound: 5000, policy: "2").claim(identifier))
    let worst = try #require(claim.predictedWorst)
    #expect(worst > claim.recordedWorst ?? .max && worst > 600, "\(claim)")
    for (bound, policy, verdict) in [
      (worst + 600, "2", "pass"), (worst + 100, "2", "unknown"), (worst - 100, "2", "unknown"),
      (worst - 600, "2", "fail"), (worst + 100, "8", "pass"), (worst - 100, "8", "fail"),
    ] {
      let answer = try answer(bound: bound, policy: policy)
      #expect(answer.claim(identifier)?.predictedVerdict == verdict, "\(bound), \(policy)")
      let isTold = answer.weaknesses.contains { $0.hasPrefix(identifier + " comes within") }
      #expect(isTold == (verdict == "unknown"), "\(answer.weaknesses)")
    }
  }

  /// The verdict on a claim where a line's policy is another, which puts the kernel on other ways, or the recorded one.
  private static func verdict(
    on identifier: String, _ module: OtherModule, policy: String, in folder: CommandFolder
  ) throws -> (claim: WhatIfAnswer.Claim, isTold: Bool) {
    var other = module
    try other.set("\"8\" Policy=\"MARKED_AT_ONCE\" BudgetPerWindow=", to: policy)
    try folder.write(Array(other.text.utf8), to: "other.xml")
    let run = try folder.run("what-if", "run", "--module", "other.xml", "--format", "json")
    let answer = try JSONDecoder().decode(WhatIfAnswer.self, from: Data(run.output.utf8))
    let claim = try #require(answer.claim(identifier), "\(run.errors)")
    return (claim, answer.weaknesses.contains { $0.hasPrefix(identifier + " comes within") })
  }

  private static func seconds(_ nanoseconds: Int64) -> String {
    let digits = String(nanoseconds)
    return "0." + String(repeating: "0", count: 9 - digits.count) + digits
  }

  /// A response is known to within two microseconds where the kernel goes other ways.
  @Test func aResponseNearItsDeadlineIsUnknown() throws {
    let folder = try CommandFolder()
    #expect(try folder.run("synthesize", OtherModule.path, "--events", "20000", "-o", "run").ending == .status(0))
    let identifier = "process.deadline.Sensors.acquire"
    var module = try OtherModule()
    try module.set("p:TimeCapacitySeconds=", to: "0.000000001")
    let worst = try #require(try Self.verdict(on: identifier, module, policy: "2", in: folder).claim.predictedWorst)
    for (deadline, policy, verdict) in [
      (worst + 2500, "2", "pass"), (worst + 1500, "2", "unknown"), (worst - 1500, "2", "unknown"),
      (worst - 2500, "2", "fail"), (worst + 1500, "8", "pass"), (worst - 1500, "8", "fail"),
    ] {
      try module.set("p:DeadlineSeconds=", to: Self.seconds(deadline))
      let (claim, isTold) = try Self.verdict(on: identifier, module, policy: policy, in: folder)
      #expect(claim.predictedVerdict == verdict && isTold == (verdict == "unknown"), "\(claim)")
    }
  }

  /// What a call took at the worst may have come of a coincidence, which comes again or does not.
  @Test func aCallNearItsBudgetIsUnknown() throws {
    let folder = try CommandFolder()
    #expect(try folder.run("synthesize", OtherModule.path, "--events", "20000", "-o", "run").ending == .status(0))
    let identifier = "budget.hypercall.69"
    var module = try OtherModule()
    let worst = try #require(try Self.verdict(on: identifier, module, policy: "2", in: folder).claim.predictedWorst)
    for (bound, policy, verdict) in [
      (worst + 1100, "2", "pass"), (worst + 900, "2", "unknown"), (worst - 1, "2", "unknown"), (worst, "8", "pass"),
      (worst - 1, "8", "fail"),
    ] {
      try module.set("\"HYPERCALL\" Subject=\"69\" BoundSeconds=", to: Self.seconds(bound))
      let (claim, isTold) = try Self.verdict(on: identifier, module, policy: policy, in: folder)
      #expect(claim.predictedVerdict == verdict && isTold == (verdict == "unknown"), "\(claim)")
    }
  }

  /// Smaller blocks take more bytes: nobody knows how many.
  @Test func otherBlocksAreUnknown() throws {
    let module = try OtherModule()
    var other = module
    try other.set("EventsPerBlock=", to: "256")
    let answer = try Self.answer(recorded: module, under: other)
    #expect(answer.claim("budget.traceBytes")?.predictedVerdict == "unknown")
    #expect(answer.claim("budget.kernelTime")?.predictedVerdict == "pass")
  }

  /// A budget that the recorded module did not have was measured by nobody.
  @Test func aNewBudgetIsUnknown() throws {
    let module = try OtherModule()
    var fewer = module
    try fewer.remove("<p:Budget Quantity=\"INTERRUPT_TO_MARK\" Subject=\"8\" BoundSeconds=\"0.000002\"/>")
    let answer = try Self.answer(recorded: fewer, under: module)
    let claim = try #require(answer.claim("budget.interruptToMark.8"))
    #expect(claim.recordedVerdict == nil && claim.predictedVerdict == "unknown", "\(claim)")
    #expect(answer.exitStatus == 3)
  }
}

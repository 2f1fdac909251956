import CommandFolder
import Foundation
import Testing

/// A claim that was violated in the recorded run, and is violated in the prediction only where a partition has done all
/// that was recorded of it.
@Suite struct PredictedEndTests {
  private static let claim = "process.deadline.Control.control law"

  private static func write(
    _ name: String, in folder: CommandFolder, deadline: String, frame: (whole: String, half: String)? = nil
  ) throws {
    var module = try OtherModule()
    var changes = [
      ("p:DeadlineSeconds=\"0.007\"", "p:DeadlineSeconds=\"\(deadline)\""),
      ("p:TimeCapacitySeconds=\"0.004\"", "p:TimeCapacitySeconds=\"0.0005\""),
    ]
    if let frame {
      changes += [
        ("MajorFrameSeconds=\"0.020\"", "MajorFrameSeconds=\"\(frame.whole)\""),
        ("PeriodSeconds=\"0.020\"", "PeriodSeconds=\"\(frame.whole)\""),
        ("PeriodSeconds=\"0.010\"", "PeriodSeconds=\"\(frame.half)\""),
        ("WindowStartSeconds=\"0.010\"", "WindowStartSeconds=\"\(frame.half)\""),
        ("PeriodDurationSeconds=\"0.006\"", "PeriodDurationSeconds=\"0.0055\""),
        (
          "WindowStartSeconds=\"0.007\" WindowDurationSeconds=\"0.003\"",
          "WindowStartSeconds=\"0.007\" WindowDurationSeconds=\"0.0025\""
        ),
      ]
    }
    for (old, new) in changes {
      #expect(module.text.contains(old))
      module.text = module.text.replacingOccurrences(of: old, with: new)
    }
    try folder.write(Array(module.text.utf8), to: name)
  }

  /// Under shorter frames there is one frame more, for which nothing was recorded. Control takes up to 3.7 ms: that was
  /// too late in the recorded run, and is in time under the other module.
  @Test func whatIsViolatedForWantOfDeedsIsUnknown() throws {
    let folder = try CommandFolder()
    try Self.write("tight.xml", in: folder, deadline: "0.0020")
    try Self.write("other.xml", in: folder, deadline: "0.0047", frame: ("0.0196", "0.0098"))
    #expect(try folder.run("synthesize", OtherModule.path, "--events", "20000", "-o", "made").ending == .status(0))
    // A predicted trace is a trace: of a module whose deadline Control misses in nearly every frame.
    #expect(try folder.run("what-if", "made", "--module", "tight.xml", "-o", "run").ending == .status(1))

    let run = try folder.run("what-if", "run", "--module", "other.xml", "--format", "json")
    let answer = try JSONDecoder().decode(WhatIfAnswer.self, from: Data(run.output.utf8))
    let claim = try #require(answer.claim(Self.claim))
    #expect(claim.recordedVerdict == "fail" && claim.predictedVerdict == "unknown", "\(claim)")
    #expect(claim.predictedWorst == nil && claim.explanation == nil, "\(claim)")
    #expect(run.ending == .status(3) && answer.exitStatus == 3, "\(run.errors)")
    let doubt = "\(Self.claim) is violated shortly before the end, when all was done"
    #expect(answer.weaknesses.contains { $0.hasPrefix(doubt) }, "\(answer.weaknesses)")

    // Under its own module the recorded run has shown what comes of it.
    let same = try folder.run("what-if", "run", "--module", "tight.xml", "--format", "json")
    let told = try JSONDecoder().decode(WhatIfAnswer.self, from: Data(same.output.utf8))
    #expect(told.claim(Self.claim)?.predictedVerdict == "fail" && same.ending == .status(1), "\(same.errors)")
  }

  private struct Searched: Decodable {
    struct Miss: Decodable {
      var claim: String
      var verdict: String
    }
    var misses: [Miss]
    var exitStatus: Int32
    var weaknesses: [String]
  }

  /// The recorded run ends within a job of Control's, and the prediction a little later, when that is late; in that
  /// prediction, taken for a recorded run, it is late for certain. A search for the smallest windows says of the
  /// recorded ones what a prediction under the recorded module does.
  @Test func aSearchSaysTheSame() throws {
    let folder = try CommandFolder()
    try Self.write("tight.xml", in: folder, deadline: "0.0030")
    let made = try folder.run("synthesize", "tight.xml", "--events", "2000", "--seed", "3", "-o", "run")
    #expect(made.ending == .status(0), "\(made.errors)")
    let doubt = "\(Self.claim) is violated shortly before the end, when all was done"
    for (trace, verdict, status) in [("run", "unknown", 3), ("late", "fail", 1)] as [(String, String, Int32)] {
      let run = try folder.run(
        "what-if", trace, "--module", "tight.xml", "--format", "json", "-o", trace == "run" ? "late" : "later")
      let answer = try JSONDecoder().decode(WhatIfAnswer.self, from: Data(run.output.utf8))
      #expect(answer.claim(Self.claim)?.predictedVerdict == verdict, "\(trace): \(run.errors)")
      let search = try folder.run("what-if", trace, "--schedule-search", "--margin", "0", "--format", "json")
      let found = try JSONDecoder().decode(Searched.self, from: Data(search.output.utf8))
      #expect(found.misses.map(\.claim) == [Self.claim] && found.misses.map(\.verdict) == [verdict], "\(search.output)")
      #expect(found.exitStatus == status && search.ending == .status(status), "\(search.errors)")
      #expect(found.weaknesses.contains { $0.hasPrefix(doubt) } == (verdict == "unknown"), "\(found.weaknesses)")
      #expect(answer.weaknesses.contains { $0.hasPrefix(doubt) } == (verdict == "unknown"), "\(answer.weaknesses)")
    }
  }
}

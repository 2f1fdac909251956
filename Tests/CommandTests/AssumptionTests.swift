import CommandFolder
import Foundation
import Testing

/// What `partita what-if` takes for granted is printed with its answer: all of it.
@Suite struct AssumptionTests {
  private static let computing = "between the same calls, in the same order, whatever it is answered and when"
  private static let others = [
    "with each start a partition does what it did from its next recorded start on",
    "who waits by the clock computes as long as it did; a verdict that is another if whoever may have waited waits as "
      + "long again is unknown",
    "who switches its interrupts on asks for marks that wait",
    "a timer is set as long after its partition's period starts as it was where the recorded run shows that this "
      + "decides, else as long after the call; a verdict that is another where both may be is unknown",
    "processes of a partition's own scheduler have the processor in the recorded order; where an upcall comes at "
      + "another of their calls, what they do from there on is unknown",
    "a partition's scheduler gives up its windows until the period in which it had something to do again; where a "
      + "process is ready in another window, what comes from there on is unknown",
    "what a partition's scheduler does about a missed deadline it does where that was missed in the recorded run; "
      + "where only one of both misses it, what comes after that is unknown",
    "lines fire at the instants recorded; one that was masked, when it was let through",
    "of what a stimulus file plays, its interrupts alone come again",
    "the drainer writes in each of its turns all blocks of the trace's ring that are due",
    "a call, an interrupt and an upcall's handler take what they took; where windows, partitions or ports are others, "
      + "a verdict that 50 ns more or less in each would turn is unknown; switches are hidden by L as ever",
    "the kernel's own path lengths stay what they are: of window.start.instant, padding.margin, timer.punctual, "
      + "window.end.instant, stop.prompt, budget.interruptToMark, budget.kernelTime, budget.traceBytes and custom "
      + "claims of less than 5 µs the worst that was recorded is held against the other module's bound; where windows, "
      + "partitions or ports are others, it must leave as much again, or half of L, to be sure",
  ]

  private static func folder() throws -> CommandFolder {
    let folder = try CommandFolder()
    #expect(try folder.run("synthesize", OtherModule.path, "--events", "20000", "-o", "run").ending == .status(0))
    return folder
  }

  /// The lines below "assumed:", up to the answer's end.
  private static func assumed(_ answer: String) throws -> [String] {
    let lines = answer.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let head = try #require(lines.firstIndex(of: "assumed:"))
    return lines[(head + 1)...].filter { !$0.isEmpty }
  }

  @Test func theTextHasEach() throws {
    let folder = try Self.folder()
    let run = try folder.run("what-if", "run", "--module", OtherModule.path)
    #expect(run.ending == .status(0), "\(run.errors)")
    let expected = ["each partition computes the same " + Self.computing] + Self.others
    #expect(try Self.assumed(run.output) == expected.map { "  " + $0 })
    // Whether all claims are shown or few, and for programs as for people.
    let whole = try folder.run("what-if", "run", "--module", OtherModule.path, "--all")
    #expect(try Self.assumed(whole.output) == expected.map { "  " + $0 })
    let json = try folder.run("what-if", "run", "--module", OtherModule.path, "--format", "json")
    let answer = try JSONDecoder().decode(WhatIfAnswer.self, from: Data(json.output.utf8))
    #expect(answer.assumptions == expected && answer.weaknesses == [])
  }

  /// With a margin partitions are taken to compute more: the answer says so, and the deadlines are met later.
  @Test func theMarginIsOneOfThem() throws {
    let folder = try Self.folder()
    let call = ["what-if", "run", "--module", OtherModule.path, "--format", "json", "--margin"]
    let answers = try ["0", "7"].map { margin in
      let run = try folder.run(call + [margin])
      return try JSONDecoder().decode(WhatIfAnswer.self, from: Data(run.output.utf8))
    }
    #expect(answers[0].assumptions == ["each partition computes the same " + Self.computing] + Self.others)
    #expect(
      answers[1].assumptions
        == [
          "each partition computes 7 % more than it did, and so does the kernel in its calls (--margin), "
            + Self.computing
        ] + Self.others)
    for process in ["Sensors.acquire", "Control.control law", "Maintenance.console"] {
      let claims = answers.map { $0.claim("process.deadline.\(process)") }
      let recorded = try #require(claims[0]?.recordedWorst)
      let same = try #require(claims[0]?.predictedWorst)
      let more = try #require(claims[1]?.predictedWorst)
      #expect(abs(same - recorded) < 2000 && more > same + 2000, "\(process): \(recorded), \(same), \(more)")
    }
  }

  /// Where they are known not to hold, that stands below them.
  @Test func doubtsStandBelow() throws {
    let folder = try Self.folder()
    let run = try folder.run("what-if", "run", "--module", OtherModule.path, "--margin", "5000")
    let lines = try Self.assumed(run.output)
    let assumptions = lines.filter { !$0.hasPrefix("  but: ") }
    let count = Self.others.count + 1
    #expect(assumptions.count == count && assumptions == Array(lines.prefix(count)))
    #expect(lines.count > count, "\(lines)")
  }
}

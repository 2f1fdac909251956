import CommandFolder
import Foundation
import ModuleConfiguration
import Testing
import TraceDamage

/// `partita what-if --schedule-search`: the windows found hold, and shorter ones do not.
@Suite struct ScheduleSearchTests {
  struct Answer: Decodable {
    struct Window: Decodable {
      var identifier: Int
      var partition: String
      var recordedNanoseconds: UInt64
      var smallestNanoseconds: UInt64?
      var hasDeadline: Bool
      var boundBy: [String]
    }
    struct Capacity: Decodable {
      var partition: String
      var process: String
      var recordedNanoseconds: UInt64
      var greatestNanoseconds: UInt64
    }
    var exitStatus: Int32
    var verdict: String
    var holds: Bool
    struct Miss: Decodable {
      var claim: String
      var verdict: String
      var worstNanoseconds: Int64?
      var boundNanoseconds: Int64?
      var firstAtNanoseconds: UInt64?
    }
    var misses: [Miss]
    var marginPercent: UInt64
    var windows: [Window]
    var moduleSchedule: [String]
    var capacities: [Capacity]
    var weaknesses: [String]
  }

  /// Of the windows whose partitions have deadlines, as the module file writes them.
  private static let starts = [101: "0.000", 102: "0.010", 201: "0.002", 301: "0.012"]

  private static func folder() throws -> CommandFolder {
    let folder = try CommandFolder()
    #expect(try folder.run("synthesize", OtherModule.path, "--events", "60000", "-o", "run").ending == .status(0))
    return folder
  }

  static func search(_ folder: CommandFolder, margin: String) throws -> Answer {
    let run = try folder.run("what-if", "run", "--schedule-search", "--margin", margin, "--format", "json")
    let answer = try JSONDecoder().decode(Answer.self, from: Data(run.output.utf8))
    #expect(run.ending == .status(answer.exitStatus), "\(run.errors)")
    #expect(String(answer.marginPercent) == margin)
    return answer
  }

  /// How each deadline fares under the module with those windows, if partitions compute more by a margin.
  ///
  /// - Parameter less: by window, how much shorter than found it is, ns.
  private static func verdicts(
    _ folder: CommandFolder, _ windows: [Answer.Window], less: [Int: UInt64], margin: String
  ) throws -> [String: String] {
    var module = try OtherModule()
    func seconds(_ nanoseconds: UInt64) -> String {
      let digits = String(nanoseconds % 1_000_000_000)
      return "\(nanoseconds / 1_000_000_000)." + String(repeating: "0", count: 9 - digits.count) + digits
    }
    // What 'check' asks for beside the windows.
    for (number, partition) in [(1, "Sensors"), (2, "Control"), (3, "Maintenance")] {
      let own = windows.filter { $0.partition == partition }
      let lengths = try own.map { window in
        let smallest = try #require(window.smallestNanoseconds)
        return smallest - less[window.identifier, default: 0]
      }
      for (window, length) in zip(own, lengths) {
        let start = try #require(Self.starts[window.identifier])
        try module.set(
          "\"\(window.identifier)\" WindowStartSeconds=\"\(start)\" WindowDurationSeconds=", to: seconds(length))
      }
      let period = partition == "Sensors" ? "0.010" : "0.020"
      let shortest = try #require(lengths.min())
      try module.set(
        "PartitionIdentifier=\"\(number)\" PeriodSeconds=\"\(period)\" PeriodDurationSeconds=",
        to: seconds(shortest))
    }
    for capacity in ["0.001", "0.004", "0.0015"] {
      module.text = module.text.replacingOccurrences(
        of: "p:TimeCapacitySeconds=\"\(capacity)\"", with: "p:TimeCapacitySeconds=\"0.000000001\"")
    }
    try folder.write(Array(module.text.utf8), to: "found.xml")
    let run = try folder.run("what-if", "run", "--module", "found.xml", "--margin", margin, "--format", "json")
    let answer = try JSONDecoder().decode(WhatIfAnswer.self, from: Data(run.output.utf8))
    let deadlines = answer.claims.filter { $0.claim.hasPrefix("process.deadline.") }
    #expect(deadlines.count == 3, "\(run.errors)")
    var verdicts: [String: String] = [:]
    for claim in deadlines { verdicts[claim.claim] = claim.predictedVerdict }
    return verdicts
  }

  @Test func windowsWithoutDeadlinesStay() throws {
    let folder = try Self.folder()
    let found = try Self.search(folder, margin: "0")
    #expect(found.verdict == "pass" && found.holds && found.exitStatus == 0, "\(found.weaknesses)")
    #expect(found.windows.count == 7 && found.windows.count(where: \.hasDeadline) == 4)
    for window in found.windows {
      let smallest = try #require(window.smallestNanoseconds)
      // The run leaves a tenth and more of each window.
      if window.hasDeadline {
        #expect(smallest < window.recordedNanoseconds / 10 * 9, "\(window)")
      } else {
        #expect(smallest == window.recordedNanoseconds, "\(window)")
      }
    }
  }

  /// By what the search goes on, ns.
  private static let step: UInt64 = 1000

  /// Put into a module file, the windows found hold with the margin, and each of them, one step shorter, does not.
  @Test(arguments: ["0", "5", "10"]) func whatIsFoundHoldsInAModuleAndNothingLess(margin: String) throws {
    let folder = try Self.folder()
    let found = try Self.search(folder, margin: margin)
    #expect(found.verdict == "pass" && found.holds && found.exitStatus == 0, "\(found.weaknesses)")
    let sought = found.windows.filter(\.hasDeadline)
    #expect(sought.map(\.identifier).sorted() == [101, 102, 201, 301])
    for window in sought { #expect(window.smallestNanoseconds.map { $0 % Self.step } == 0, "\(window)") }
    let verdicts = try Self.verdicts(folder, sought, less: [:], margin: margin)
    #expect(verdicts.count == 3 && verdicts.values.allSatisfy { $0 == "pass" }, "\(verdicts)")
    for window in sought {
      let shorter = try Self.verdicts(folder, sought, less: [window.identifier: Self.step], margin: margin)
      let own = shorter.filter { $0.key.hasPrefix("process.deadline.\(window.partition).") }
      #expect(own.count == 1 && own.values.allSatisfy { $0 != "pass" }, "\(window): \(shorter)")
      #expect(window.boundBy == Array(own.keys), "\(window): \(shorter)")
    }
    // The least for so much computing is too little for more.
    let more = try Self.verdicts(folder, sought, less: [:], margin: String((Int(margin) ?? 0) + 5))
    #expect(more.values.allSatisfy { $0 != "pass" }, "\(more)")
  }

  /// What is printed goes into the module file as it stands: 'check' takes that, and the deadlines hold; also where two
  /// processes share what the windows give.
  @Test(arguments: [false, true]) func theProposalIsAModule(hasSecond: Bool) throws {
    let folder = try CommandFolder()
    // Sensors asks for nearly all of its windows.
    var text = try OtherModule().text.replacingOccurrences(
      of: "p:TimeCapacitySeconds=\"0.001\"", with: "p:TimeCapacitySeconds=\"\(hasSecond ? "0.0017" : "0.0018")\"")
    if hasSecond {
      let second =
        "<Process Name=\"filter\" StackSize=\"0x1000\" p:PeriodSeconds=\"0.010\" p:TimeCapacitySeconds=\"0.0001\" "
        + "p:DeadlineSeconds=\"0.002\" p:Priority=\"9\"/>"
      text = text.replacingOccurrences(of: "<Process Name=\"acquire\"", with: second + "<Process Name=\"acquire\"")
    }
    try folder.write(Array(text.utf8), to: "recorded.xml")
    #expect(try folder.run("synthesize", "recorded.xml", "--events", "60000", "-o", "run").ending == .status(0))
    // Two processes that take the processor from each other are in doubt with a margin.
    let margin = hasSecond ? "0" : "10"
    let found = try Self.search(folder, margin: margin)
    let schedule = try #require(text.range(of: "<Module_Schedule"))
    let start = try #require(text.range(of: ">", range: schedule.upperBound..<text.endIndex)).upperBound
    let end = try #require(text.range(of: "</Module_Schedule>", range: start..<text.endIndex)).lowerBound
    text.replaceSubrange(start..<end, with: found.moduleSchedule.joined(separator: "\n"))
    #expect(found.capacities.contains { $0.process == "acquire" && $0.recordedNanoseconds >= 1_700_000 })
    for capacity in found.capacities {
      #expect(capacity.greatestNanoseconds < capacity.recordedNanoseconds && capacity.recordedNanoseconds < 10_000_000)
      let process = try #require(text.range(of: "<Process Name=\"\(capacity.process)\""))
      let place = try #require(
        text.range(of: "p:TimeCapacitySeconds=\"", range: process.upperBound..<text.endIndex))
      let quote = try #require(text.range(of: "\"", range: place.upperBound..<text.endIndex))
      let digits = String(capacity.greatestNanoseconds)
      text.replaceSubrange(
        place.upperBound..<quote.lowerBound, with: "0." + String(repeating: "0", count: 9 - digits.count) + digits)
    }
    try folder.write(Array(text.utf8), to: "found.xml")
    let check = try folder.run("check", "found.xml")
    #expect(check.ending == .status(0), "\(check.errors)\(check.output)")
    let run = try folder.run("what-if", "run", "--module", "found.xml", "--margin", margin, "--format", "json")
    let answer = try JSONDecoder().decode(WhatIfAnswer.self, from: Data(run.output.utf8))
    let deadlines = answer.claims.filter { $0.claim.hasPrefix("process.deadline.") }
    #expect(deadlines.count == (hasSecond ? 4 : 3))
    #expect(deadlines.allSatisfy { $0.predictedVerdict == "pass" }, "\(deadlines)")
  }

  /// What an element says of changes of schedules stays: Steward may ask for them, and Witness starts anew.
  @Test func theProposalKeepsWhatIsSaidOfOtherSchedules() throws {
    let folder = try CommandFolder()
    let plain = try String(contentsOfFile: CommandFolder.package + "/Kernel/Modules/Lives/module.xml", encoding: .utf8)
    let witness = "<Partition_Schedule PartitionIdentifier=\"2\" PeriodSeconds=\"0.020\""
    try #require(plain.components(separatedBy: witness).count == 2)
    let module = plain.replacingOccurrences(of: witness, with: witness + " ScheduleChangeAction=\"WARM_START\"")
    try folder.write(Array(module.utf8), to: "module.xml")
    let made = try folder.run("synthesize", "module.xml", "--events", "1500", "-o", "run")
    #expect(made.ending == .status(0), "\(made.errors)")
    let elements = try Self.search(folder, margin: "10").moduleSchedule.filter { $0.hasPrefix("<Partition_Schedule ") }
    let ends = elements.map { $0.split(separator: " ", maxSplits: 4, omittingEmptySubsequences: false).dropFirst(4) }
    #expect(ends == [[], ["ScheduleChangeAction=\"WARM_START\">"], ["SetModuleSchedule=\"true\">"], []], "\(elements)")
  }

  /// MinimalGuest, which has no deadline, is answered otherwise: on nothing that it does depends whether Sensors, which
  /// hears nothing of it, meets its own.
  @Test func aDoubtThatReachesNoDeadlineIsNoDoubtOfTheAnswer() throws {
    let folder = try CommandFolder()
    let module = CommandFolder.package + "/Kernel/Modules/Guest/module.xml"
    // Not in every world: the first of twenty in which it is.
    var found: Answer?
    for seed in 1...20 where found == nil {
      let made = try folder.run("synthesize", module, "--events", "30000", "--seed", "\(seed)", "-o", "run", "--force")
      #expect(made.ending == .status(0), "\(made.errors)")
      let answer = try Self.search(folder, margin: "10")
      if answer.weaknesses.contains(where: { $0.hasPrefix("MinimalGuest is answered otherwise") }) { found = answer }
    }
    let answer = try #require(found)
    #expect(answer.verdict == "pass" && answer.exitStatus == 0)
    let shown = try folder.run("what-if", "run", "--schedule-search").output
    #expect(shown.contains("; what is in doubt reaches none of them\n"), "\(shown)")
    // For a person the module file's elements are the same.
    #expect(answer.moduleSchedule.count == 9)
    for line in answer.moduleSchedule { #expect(shown.contains("\n  " + line), "\(line)") }
  }

  private static let endless: [[AlteredTable.Change]] = [
    [.init(.windows, 0, word: 1, 1 << 63)],
    [.init(.windows, 2, word: 1, 1 << 63), .init(.windows, 6, word: 1, 1 << 63)],
    [.init(.windows, 6, word: 0, .max - 10_000_000)],
    [.init(.schedules, 0, word: 2, .max), .init(.windows, 6, word: 1, 1 << 63)],
  ]

  /// A window or frame longer than all time, and a start at its end: no module file has them, a hostile trace may.
  @Test(arguments: endless) func numbersBeyondAllTimeHaveAnAnswer(changes: [AlteredTable.Change]) throws {
    let folder = try CommandFolder()
    #expect(try folder.run("synthesize", OtherModule.path, "--events", "1500", "-o", "run").ending == .status(0))
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("run"))))
    try folder.write(AlteredTable.altering(changes, in: bytes), to: "hostile")
    let run = try folder.run("what-if", "hostile", "--schedule-search")
    // Whether its deadlines hold is the trace's own affair: what counts is that there is an answer.
    #expect([.status(0), .status(1), .status(3)].contains(run.ending), "\(run.errors)")
    #expect(run.output.contains("301  Maintenance"), "\(run.output)")
  }

  /// Partitions that compute fifty times as much meet no deadline: there is nothing to find.
  @Test func whatDoesNotHoldIsSaid() throws {
    let folder = try Self.folder()
    let answer = try Self.search(folder, margin: "5000")
    #expect(answer.verdict == "fail" && !answer.holds && answer.exitStatus == 1)
    #expect(answer.windows.count == 7)
    #expect(answer.windows.allSatisfy { $0.smallestNanoseconds == nil })
    #expect(answer.weaknesses.contains { $0.contains("answered otherwise") }, "\(answer.weaknesses)")
    let miss = try #require(answer.misses.first { $0.verdict == "fail" })
    let first = try #require(miss.firstAtNanoseconds)
    #expect(try #require(miss.worstNanoseconds) > #require(miss.boundNanoseconds) && first > 0)
    #expect(answer.misses.allSatisfy { $0.claim.hasPrefix("process.deadline.") })
    let run = try folder.run("what-if", "run", "--schedule-search", "--margin", "5000")
    #expect(run.output.contains("\n  \(miss.claim): fail, predicted worst "))
    let digits = String(first % 1_000_000_000)
    let instant = "\(first / 1_000_000_000)." + String(repeating: "0", count: 9 - digits.count) + digits + " s"
    #expect(run.output.contains(", first at \(instant)"), "\(run.output)")
    #expect(run.output.contains("the recorded windows, which are shown here"), "\(run.output)")
    #expect(run.output.contains("301") && !run.output.contains("smallest"), "\(run.output)")
  }
}

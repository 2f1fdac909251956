import ModuleConfiguration
import Testing
import TraceFormat

@testable import Verification

/// The age that is told of a job says from when on its deadline counts, and which job it is; and what tells nothing.
@Suite struct ToldAgeTests {
  /// Ages told 600,000 ns after a period's start of a job that was released with it, and how much later it began; nil
  /// where it is another job.
  static let ages: [(Int64, Int64?)] = [
    (0, 0), (-1, 1), (-300_000, 300_000), (-600_000, 600_000), (1, nil), (10_000_000, nil), (-600_001, nil),
    (-10_000_000, nil), (.min, nil), (.min + 1, nil), (.max, nil), (.max - 13_000_000, nil), (13_000_000, nil),
    (13_000_001, nil), (.min + 13_000_000, nil), (-(1 << 62), nil),
  ]

  @Test(arguments: ages) func itsDeadlineCountsFromWhereItBegan(_ age: Int64, _ delay: Int64?) throws {
    let response = delay.map { 900_000 - $0 } ?? 10_000_000
    for deadline in delay == nil ? [1_800_000] : [response, response - 1] {
      let told = try ToldStory(deadline: UInt64(deadline)) { story in
        story.work([0], to: 200_000)
        for frame in 1..<5 {
          story.dispatch(frame, at: 600_000, age: age)
          story.leave(frame, at: 900_000)
        }
      }
      let place = delay == nil ? told.release(2) : deadline < response ? told.answer(3) : nil
      #expect(told.says(5, late: place == nil ? 0 : 4, worst: response, at: place), "age \(age): \(told)")
    }
  }

  /// The same of a process that is not followed yet, told in the second period: whatever job it is is followed.
  static let firstAges: [(Int64, Int64?)] = [
    (0, 900_000), (-1, 899_999), (-300_000, 600_000), (-600_000, 300_000), (1, 900_001), (10_000_000, 10_900_000),
    (13_000_000, 13_900_000), (13_000_001, nil), (-600_001, nil), (.min, nil), (.min + 1, nil), (.max, nil),
    (.max - 13_000_000, nil), (.min + 13_000_000, nil),
  ]

  @Test(arguments: firstAges) func itIsFollowedFromAnyJobOn(_ age: Int64, _ response: Int64?) throws {
    let told = try ToldStory(deadline: 20_000_000) { story in
      story.dispatch(1, at: 600_000, age: age)
      story.leave(1, at: 900_000)
      story.leave(1, at: 950_000, .dormant)
    }
    // After that it is not told of any more.
    #expect(response == nil ? told.says(0, worst: nil) : told.isDoubtful(1, worst: response), "age \(age): \(told)")
  }

  /// A job can be put off further, and not back.
  @Test func aLaterBeginningCounts() throws {
    for (ages, response) in [([-300_000, -200_000], 600_000), ([-300_000, -400_000], 500_000)] as [([Int64], Int64)] {
      let told = try ToldStory(deadline: UInt64(response)) { story in
        for frame in 0..<5 {
          for (turn, age) in ages.enumerated() { story.dispatch(frame, at: 600_000 + UInt64(turn) * 1000, age: age) }
          story.leave(frame, at: 900_000)
        }
      }
      #expect(told.says(5, worst: response), "\(told)")
    }
  }

  // MARK: What tells nothing

  @Test func aRefusedCallTellsNothing() throws {
    let begun = try ToldStory { story in
      story.dispatch(0, at: 100_000, status: 1)
      story.leave(0, at: 200_000)
    }
    #expect(begun.says(0, worst: nil), "\(begun)")
    for state in [ProcessTelling.State.complete, .dormant] {
      let ended = try ToldStory { story in
        story.dispatch(0, at: 100_000)
        story.leave(0, at: 200_000, state, status: 3)
        story.work([1, 2, 3, 4])
      }
      #expect(ended.says(5, late: 1, worst: 10_000_000, at: ended.release(1)), "\(ended)")
    }
    // Nor does one that has no answer, and a second answer says nothing more.
    let unanswered = try ToldStory { story in
      story.dispatch(0, at: 100_000)
      story.drop(.hypercallResult, where: { $0.operand == HypercallNumber.tellProcess.rawValue })
    }
    #expect(unanswered.says(0, worst: nil), "\(unanswered)")
    let twice = try ToldStory { story in
      story.dispatch(0, at: 100_000, status: 1)
      let isAnswer: (TraceEvent) -> Bool = { $0.operand == HypercallNumber.tellProcess.rawValue }
      story.double(.hypercallResult, where: isAnswer)
      story.change(.hypercallResult, 1, where: isAnswer) { $0.detail = 0 }
    }
    #expect(twice.says(0, worst: nil), "\(twice)")
  }

  @Test func keysOfOthersTellNothing() throws {
    let law = ToldStory.law.rawValue
    let others = ["scan", "watch", "idle"].map { ProcessKey(of: $0).rawValue }
    for key in [0, 1, law ^ 1, ~law, law.byteSwapped, .max] + others {
      let told = try ToldStory { story in
        story.dispatch(0, at: 100_000)
        story.tell(0, at: 200_000, words: [UInt64(key) << 32, 0, 0])
        story.tell(0, at: 300_000, words: [UInt64(key), 5, 0])
        story.tell(0, at: 400_000, words: [UInt64(key), 0, 0])
        story.tell(0, at: 500_000, words: [UInt64(key) << 32, 0, 0])
        story.leave(0, at: 600_000)
        story.work([1, 2, 3, 4])
      }
      #expect(told.says(5, worst: 600_000), "key \(key): \(told)")
      // Sensors yields 6 ms after its period's start, and tells of nothing; in the first it has not started yet.
      #expect(told.scan.checked == 4 && told.scan.failures == 0 && told.scan.worst?.value == 6_000_000)
      #expect(told.watch.checked == 0 && told.watch.verdict == .unknown)
    }
  }

  @Test(arguments: [1, 2, 3, 4, 6, 255, 256, 261, 1 << 32 | 5, .max] as [UInt64])
  func otherStatesEndNothing(_ state: UInt64) throws {
    let told = try ToldStory { story in
      story.dispatch(0, at: 100_000)
      story.tell(0, at: 200_000, words: [UInt64(ToldStory.law.rawValue), state, 0])
      story.work([1, 2, 3, 4])
    }
    #expect(told.says(5, late: 1, worst: 10_000_000, at: told.release(1)), "state \(state): \(told)")
  }
}

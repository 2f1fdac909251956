import APEXTypes
import ModuleConfiguration
import Testing
import TraceFormat

@testable import Verification

/// What a partition reads of the error log, where one has flooded it: both judges know which entries are kept.
@Suite struct ErrorLogTests {
  typealias Module = RichModule

  /// A trace that is cut off where a partition runs: there one errs `flood` times, and the other has one error before;
  /// then the log is read.
  private struct Flood {
    var trace: RichTrace
    /// The other's entry, and the first and the last one of the flood.
    var other: UInt64 = 0
    var first: UInt64 = 0
    var last: UInt64 = 0
    private var input: TraceEvent

    init(by partition: UInt8, reader: UInt8, flood: Int) throws {
      trace = try RichTrace()
      // The drainer, which calls for nothing, is interrupted by the timer.
      let entry: EventKind = reader == Module.drainer ? .timer : .hypercall
      let place = try #require(trace.events.lastIndex { $0.knownKind == entry && $0.partition == reader })
      input = trace.events[place]
      input.kind = EventKind.hypercall.rawValue
      let last = trace.events[..<place].last { $0.knownKind == .healthError }
      trace.events = Array(trace.events[..<place])
      var number = last.map { $0.words.w1 + 1 } ?? 0
      other = number
      first = number + 1
      begin(.null)
      for index in 0...flood {
        let culprit = index == 0 ? 1 - partition : partition
        emit(
          TraceEvent(
            time: 0, .healthError, partition: culprit, detail: 1, operand: 0x101, words: .init(number * 16, number)))
        number += 1
      }
      answer(.null)
      self.last = number - 1
    }

    private mutating func emit(_ event: TraceEvent) {
      var event = event
      event.time = input.time
      trace.events.append(event)
    }

    private mutating func begin(_ number: HypercallNumber, _ arguments: (UInt64, UInt64) = (0, 0)) {
      var event = input
      event.operand = event.operand & ~0xFFFF | UInt32(number.rawValue)
      event.words = .init(input.words.w0, input.words.w1, 0, arguments.0, arguments.1)
      emit(event)
    }

    private mutating func answer(_ number: HypercallNumber, _ value: UInt64 = 0, _ code: ReturnCode = .noError) {
      emit(
        TraceEvent(
          time: 0, .hypercallResult, partition: input.partition, detail: code.rawValue,
          operand: UInt32(number.rawValue), words: .init(value)))
    }

    /// Whether both judges find fault with an answer to a question about the log.
    func isRefuted(_ number: UInt64, _ field: ErrorLogField, _ value: UInt64) -> [Bool] {
      isRefuted(number, field.rawValue, value, .noError)
    }

    /// Whether they do where it is refused.
    func isRefuted(_ number: UInt64, _ field: ErrorLogField, _ code: ReturnCode) -> [Bool] {
      isRefuted(number, field.rawValue, 0, code)
    }

    func isRefuted(
      _ number: UInt64, _ field: UInt64, _ value: UInt64, _ code: ReturnCode, by claim: String = "health.read"
    ) -> [Bool] {
      isRefuted(.readErrorLog, (number, field), value, code, by: claim)
    }

    func isRefuted(
      _ call: HypercallNumber, _ arguments: (UInt64, UInt64), _ value: UInt64, _ code: ReturnCode, by claim: String
    ) -> [Bool] {
      var copy = self
      copy.begin(call, arguments)
      copy.answer(call, value, code)
      // The next input ends the step.
      copy.begin(.null)
      return copy.trace.violations(of: claim)
    }
  }

  @Test func theOthersEntryIsKeptAndTheFloodsOldestAreNot() throws {
    let flood = try Flood(by: Module.worker, reader: Module.master, flood: 200)
    let (right, wrong) = ([false, false], [true, true])
    #expect(flood.isRefuted(flood.other, .address, flood.other * 16) == right)
    #expect(flood.isRefuted(flood.other, .address, flood.other * 16 + 1) == wrong)
    #expect(flood.isRefuted(flood.last, .address, flood.last * 16) == right)
    #expect(flood.isRefuted(flood.first, .address, flood.first * 16) == wrong, "not kept")
    #expect(flood.isRefuted(flood.last - 40, .address, (flood.last - 40) * 16) == wrong)
    #expect(flood.isRefuted(flood.last + 1, .address, 0) == wrong, "not made yet")
  }

  @Test func theNextEntryIsTheNextOneThatIsKept() throws {
    let flood = try Flood(by: Module.worker, reader: Module.master, flood: 200)
    let (right, wrong) = ([false, false], [true, true])
    #expect(flood.isRefuted(flood.last, .next, flood.last) == right)
    #expect(flood.isRefuted(flood.other, .next, flood.other) == right)
    #expect(flood.isRefuted(flood.other, .next, flood.first) == wrong)
    #expect(flood.isRefuted(flood.first, .next, flood.first) == wrong)
    #expect(flood.isRefuted(flood.last + 1, .next, flood.last + 1) == wrong)
  }

  /// Who says that nothing is kept has dropped what the rule keeps.
  @Test func aRefusalIsRightWhereNothingIsKept() throws {
    let flood = try Flood(by: Module.worker, reader: Module.master, flood: 200)
    let (right, wrong) = ([false, false], [true, true])
    for field in [ErrorLogField.time, .description, .address] {
      #expect(flood.isRefuted(flood.other, field, .notAvailable) == wrong, "\(field)")
      #expect(flood.isRefuted(flood.last, field, .notAvailable) == wrong, "\(field)")
      #expect(flood.isRefuted(flood.first, field, .notAvailable) == right, "\(field)")
      #expect(flood.isRefuted(flood.first, field, .invalidParameter) == wrong, "\(field)")
      #expect(flood.isRefuted(flood.last + 1, field, .notAvailable) == right, "\(field)")
    }
    #expect(flood.isRefuted(flood.last, .next, .notAvailable) == wrong)
    #expect(flood.isRefuted(flood.last + 1, .next, .notAvailable) == right)
    #expect(flood.isRefuted(flood.last, 4, 0, .invalidParameter) == right)
    #expect(flood.isRefuted(flood.last, 4, 0, .notAvailable) == wrong)
  }

  /// It may not see the others' entries, and its own are kept as ever.
  @Test func aPlainPartitionIsRefusedTheOthersEntriesAlone() throws {
    let flood = try Flood(by: Module.master, reader: Module.worker, flood: 200)
    let (right, wrong) = ([false, false], [true, true])
    #expect(flood.isRefuted(flood.other, .address, .notAvailable) == wrong, "its own, after which others came")
    #expect(flood.isRefuted(flood.other, .next, .notAvailable) == wrong)
    #expect(flood.isRefuted(flood.last, .address, .notAvailable) == right)
    #expect(flood.isRefuted(flood.last, .next, .notAvailable) == right)
  }

  /// Of a log that a loss hides nobody knows what it keeps.
  @Test func aLossLeavesRefusalsOpen() throws {
    let module = try RichModule.make()
    for isLost in [false, true] {
      var story = Story(RichStory.tell(of: module))
      let place = story.index(.hypercall, 0, where: Mutation.call(HypercallNumber.readErrorLog.rawValue))
      story.change(.hypercallResult, 0, where: Mutation.call(HypercallNumber.readErrorLog.rawValue)) {
        ($0.detail, $0.words.w0) = (ReturnCode.notAvailable.rawValue, 0)
      }
      if isLost {
        let loss = TraceEvent(time: story.lines[place - 1].event.time, .loss, words: .init(3))
        story.lines.insert(StoryLine(event: loss, resume: nil), at: place)
      }
      let claim = try #require(report(story.events, module).claim("health.read"))
      #expect((claim.failures == 0) == isLost, "\(claim.firstViolations)")
    }
  }

  /// `partita check` wants the drainer to be a system partition. Where a table has it as none it is none for the
  /// kernel, either.
  @Test func aDrainerThatIsNoSystemPartitionSeesNothingOfOthers() throws {
    let flood = try Flood(by: Module.worker, reader: Module.drainer, flood: 200)
    let (right, wrong) = ([false, false], [true, true])
    let (last, address) = (flood.last, ErrorLogField.address.rawValue)
    #expect(flood.isRefuted(last, .address, .notAvailable) == right)
    #expect(flood.isRefuted(last, .next, .notAvailable) == right)
    #expect(flood.isRefuted(last, .next, last) == wrong)
    #expect(flood.isRefuted(last, address, last * 16, .noError, by: "hypercall.known") == wrong)
    #expect(flood.isRefuted(.stopModule, (0, 0), 0, .noError, by: "hypercall.known") == wrong)
    let health = UInt64(VirtualInterrupt.health.vector)
    #expect(flood.isRefuted(.registerVCPU, (health, 0), 0, .noError, by: "registration.permitted") == wrong)
  }
}

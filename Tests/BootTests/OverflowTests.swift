import APEXTypes
import ModuleConfiguration
import Testing
import TraceFormat
import TraceReading

/// Marks that find no depth, again and again, on the machine: each overflow goes to the partition's error handler,
/// which has come back from the one before.
@Suite struct OverflowTests {
  /// First words of Overflower's notes.
  private enum Note: UInt64 {
    case handled = 1, began, wrong
  }
  private static let run = Result { try CapturedRun.capture(ProcessModules.overflowing, milliseconds: 35) }

  private func notes(_ kind: Note) throws -> [UInt64] {
    let run = try Self.run.get()
    let partition = try run.partition("Overflower")
    return run.events(.hypercall).map(\.event).filter {
      $0.partition == partition && $0.operand & 0xFFFF == UInt32(HypercallNumber.note.rawValue)
        && $0.words.w3 == kind.rawValue
    }.map(\.words.w4)
  }

  @Test func everyOverflowGoesToTheHandler() throws {
    #expect(try notes(.wrong) == [])
    let rounds = try notes(.began)
    #expect(rounds.count > 10)
    #expect(rounds == rounds.indices.map { UInt64($0) << 32 | UInt64($0) }, "an error a round")
    let handled = try notes(.handled)
    #expect(handled == Array(repeating: UInt64(ErrorCode.stackOverflow.rawValue), count: rounds.count))
    let run = try Self.run.get()
    let states = Set(run.events(.healthError).map { $0.event.operand >> 8 & 0xFF })
    #expect(states == [UInt32(SystemState.partitionExecution.rawValue)])
    #expect(run.events(.healthAction).isEmpty)
  }

  @Test func bothOraclesAgree() throws {
    let run = try Self.run.get()
    let replay = try Judge.replay(run.trace)
    #expect(replay.verdict == .identical, "\(String(describing: replay.divergence))")
    let (report, condition) = try Judge.verify(run.trace)
    #expect(condition == .complete)
    #expect(report.claims(.fail) == [])
  }

  /// Under its own module the handler is known to have come back where it had.
  @Test func theRunIsPredicted() throws {
    let run = try Self.run.get()
    let (predicted, _) = try WhatIfTests.predict(run.trace, under: run.trace)
    let errors = try Self.errors(in: predicted)
    #expect(errors.count > 10)
    #expect(errors == run.events(.healthError).map { $0.event.operand })
  }

  /// Level and state of each error.
  private static func errors(in trace: [UInt8]) throws -> [UInt32] {
    let reader = try TraceReader(bytes: trace)
    var found: [UInt32] = []
    while let item = reader.next() {
      if case .event(_, let event) = item, event.kind == EventKind.healthError.rawValue { found.append(event.operand) }
    }
    return found
  }
}

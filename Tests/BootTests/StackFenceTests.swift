import APEXTypes
import ModuleConfiguration
import Testing
import TraceFormat

/// A process that leaves its stack, on the machine: it is an error of its own, told as it leaves the processor, and its
/// neighbour goes on.
@Suite struct StackFenceTests {
  /// First words of Digger's notes.
  private enum Note: UInt64 {
    case handled = 1, worked, dug, wrong
  }
  private static let run = Result { try CapturedRun.capture(ProcessModules.digging, milliseconds: 65) }

  private func notes(_ kind: Note) throws -> [UInt64] {
    let run = try Self.run.get()
    let partition = try run.partition("Digger")
    return run.events(.hypercall).map(\.event).filter {
      $0.partition == partition && $0.operand & 0xFFFF == UInt32(HypercallNumber.note.rawValue)
        && $0.words.w3 == kind.rawValue
    }.map(\.words.w4)
  }

  @Test func theHandlerIsToldWhoHasLeftItsStack() throws {
    #expect(try notes(.wrong) == [])
    // Deep in its own stack at first, then beyond it twice: the second time it is stopped.
    #expect(try notes(.dug) == [0, 1, 2])
    #expect(try notes(.handled) == Array(repeating: UInt64(ErrorCode.stackOverflow.rawValue) << 32 | 2, count: 2))
  }

  @Test func theNeighbourGoesOn() throws {
    #expect(try notes(.worked).count >= 5)
  }

  @Test func bothOraclesAgree() throws {
    let run = try Self.run.get()
    let errors = run.events(.healthError).map(\.event)
    #expect(errors.map(\.detail) == Array(repeating: ErrorCode.stackOverflow.rawValue, count: 2))
    let replay = try Judge.replay(run.trace)
    #expect(replay.verdict == .identical, "\(String(describing: replay.divergence))")
    let (report, condition) = try Judge.verify(run.trace)
    #expect(condition == .complete)
    #expect(report.claims(.fail) == [])
  }
}

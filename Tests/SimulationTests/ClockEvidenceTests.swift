import APEXTypes
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat
import TraceReading

@testable import Simulation

/// Who waits by the clock computes the less the more it is interrupted; who computes does not.
@Suite struct ClockEvidenceTests {
  private static let stretch = ClockEvidence.Stretch(partition: 3, isInHandler: false, last: 1, next: 2)
  private static func evidence(_ times: [(computation: UInt64, elapsed: UInt64)]) -> ClockEvidence {
    var evidence = ClockEvidence()
    for (computation, elapsed) in times { evidence.note(computation, in: elapsed, at: stretch) }
    return evidence
  }

  @Test func interruptionsTellOneFromTheOther() {
    let waits = Self.evidence([(20_000, 20_000), (19_700, 20_010), (12_000, 20_030), (20_000, 20_000)])
    #expect(waits.isOpen(Self.stretch) && waits.partitions == [3])
    let computes = Self.evidence([(20_000, 20_000), (20_010, 20_300), (20_030, 9_020_000), (20_000, 20_000)])
    #expect(!computes.isOpen(Self.stretch) && computes.partitions.isEmpty)
  }

  @Test func whatWasNeverInterruptedOtherwiseIsOpen() {
    #expect(Self.evidence([(20_000, 20_000)]).isOpen(Self.stretch))
    #expect(Self.evidence([(20_000, 20_000), (20_000, 20_090), (20_000, 20_000)]).isOpen(Self.stretch))
    // What took little time turns no verdict.
    #expect(!Self.evidence([(2000, 2000), (1000, 4000)]).isOpen(Self.stretch))
    #expect(!ClockEvidence().isOpen(Self.stretch))
  }

  /// A trace that was made to do harm costs no more memory than any other, and nobody is certain of what was left out.
  @Test func thereIsRoomForSoMany() {
    var evidence = ClockEvidence()
    func stretch(_ number: Int) -> ClockEvidence.Stretch {
      .init(partition: UInt8(number & 1), isInHandler: false, last: UInt16(number >> 16), next: UInt16(number & 0xFFFF))
    }
    let room = ClockEvidence.maximumTrials
    for number in 0..<room { evidence.note(1000, in: 1000, at: stretch(number)) }
    #expect(evidence.partitions.isEmpty)
    evidence.note(1000, in: 1000, at: stretch(room + 1))
    #expect(evidence.isOpen(stretch(room + 1)) && evidence.partitions == [1])
    #expect(!evidence.isOpen(stretch(1)) && !evidence.isOpen(stretch(room + 2)))
  }

  private static func event(
    _ kind: EventKind, at time: UInt64, _ operand: UInt32 = 0, partition: UInt8 = 0, _ w0: UInt64 = 0, _ w1: UInt64 = 0
  ) -> TraceEvent {
    TraceEvent(time: time, kind: kind.rawValue, partition: partition, detail: 0, operand: operand, words: .init(w0, w1))
  }

  /// From one call of Partition 0 to its next 5 ms went by, of which it had the CPU for 1.7 ms: from 1.1 ms to 2 ms and
  /// from 5.2 ms on. In one window it comes after as much computation, or after as long a time.
  @Test(arguments: [false, true]) func aWaitTakesAsLongHoweverMuchItComputes(isWait: Bool) throws {
    var other = ModuleDescription.standard
    other.windows = []
    other.addWindow(0, 9_000_000, of: 0)
    let (module, target) = (try SimulatedModule(.standard), try SimulatedModule(other))
    let recorded = [
      Self.event(.boot, at: 100, partition: 0xFF, 0, 1), Self.event(.start, at: 1000, partition: 0xFF, .max),
      Self.event(.hypercall, at: 1_000_000, UInt32(HypercallNumber.null.rawValue)),
      Self.event(.hypercallResult, at: 1_000_100, UInt32(HypercallNumber.null.rawValue)),
      Self.event(.timer, at: 2_000_000, 0xE0, 0, 99_900), Self.event(.timer, at: 5_100_000, 0xE0, partition: 0xFF),
      Self.event(.hypercall, at: 6_000_000, UInt32(HypercallNumber.readTime.rawValue), 0, 100_000),
      Self.event(.timer, at: 60_000_000, 0xE0, partition: 0xFF),
    ]
    func predict(_ assumption: DemandAssumption) throws -> (span: UInt64, waits: ClockEvidence?) {
      var rest = recorded[...]
      var bytes: [UInt8] = []
      let prediction = try Prediction(
        recorded: module.table, under: target.table, assumption: assumption, source: { rest.popFirst() },
        sink: { bytes.append(contentsOf: $0) })
      #expect(prediction.run(isInterrupted: { false }) != nil)
      let reader = try TraceReader(bytes: bytes)
      var calls: [UInt64] = []
      while case .event(_, let event)? = reader.next() {
        if event.knownKind == .hypercall { calls.append(event.time) }
      }
      try #require(calls.count == 2)
      return (calls[1] - calls[0], prediction.waits)
    }
    let plain = try predict(DemandAssumption())
    let waits = try #require(plain.waits)
    let span = isWait ? try predict(DemandAssumption(waits: waits)).span : plain.span
    // The call's own time, and what interrupts it, are some microseconds at most.
    let expected: UInt64 = isWait ? 4_900_000 : 1_700_000
    #expect(max(span, expected) - min(span, expected) < 110_000, "\(span)")
  }

  @Test func theKernelTakesMoreOrLess() {
    #expect(DemandAssumption().kernelTime(400) == 400)
    #expect(DemandAssumption(kernelShift: 50).kernelTime(400) == 450)
    #expect(DemandAssumption(kernelShift: -50).kernelTime(400) == 350)
    #expect(DemandAssumption(kernelShift: -50).kernelTime(40) == 0)
  }
}

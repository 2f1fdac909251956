import ModuleConfiguration
import Testing
import TraceFormat

@testable import Audit
@testable import ReferenceChecking

/// What events may name is listed twice, for the auditor and for the reference checker: each alone, and alike.
@Suite struct ModuleNamesTests {
  private static let operands: [UInt32] = {
    let low = (0..<70).map { UInt32($0) }
    // A second byte of its own, and something above what counts.
    let high = (0..<5).flatMap { second in (0..<5).map { UInt32(second << 8 | $0) } }
    return low + high + low.map { $0 | 0x2_0000 } + [99, 0xFFFF, 0x1_0000, .max]
  }()

  @Test(arguments: [false, true]) func bothListsSayTheSame(isRich: Bool) throws {
    let module = isRich ? try RichModule.make() : try SampleModule()
    let (meaning, names) = (EventMeaning(module.table), ModuleNames(module.table))
    let count = UInt8(module.table.partitionCount)
    var meant = 0
    for kind in UInt8.min...UInt8.max {
      for partition in [0, count - 1, count, 0xFE, 0xFF] {
        for detail in [UInt8](0...9) + [0x80, 0xFF] {
          for operand in Self.operands {
            for cause in [UInt64(0), 4] {
              var event = TraceEvent(time: 0, kind: kind, partition: partition)
              (event.detail, event.operand, event.words.w0) = (detail, operand, cause)
              let isMeant = meaning.counts(event)
              if isMeant { meant += 1 }
              guard isMeant != names.has(event) else { continue }
              Issue.record("kind \(kind), partition \(partition), detail \(detail), operand \(operand), \(cause)")
              return
            }
          }
        }
      }
    }
    // There are both kinds.
    #expect(meant > 1000 && meant < 256 * 5 * 12 * Self.operands.count * 2)
  }
}

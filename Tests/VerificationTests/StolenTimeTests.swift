import Testing
import TraceFormat

@testable import Verification

/// What foreign lines take from a window.
@Suite struct StolenTimeTests {
  /// An interrupt of a foreign line may end the window before the next one's start: the wait for that is not stolen.
  ///
  /// Each timer's entry that starts a window is made an interrupt of each line. Much else is violated then, and no
  /// partition has less time.
  @Test func anInterruptBeforeAWindowTakesNothingFromIt() throws {
    let module = try SampleModule()
    let events = Story(Scribe.story(of: module)).events
    let supply = Self.supply(report(events, module))
    var tried = 0
    for entry in events.indices where events[entry].kind == EventKind.timer.rawValue {
      let step = events[(entry + 1)...].prefix(6)
      guard events[entry].partition != 0xFF, step.contains(where: { $0.kind == EventKind.windowStart.rawValue })
      else { continue }
      for vector in UInt32(32)..<48 {
        var changed = events
        changed[entry].kind = EventKind.interrupt.rawValue
        changed[entry].operand = events[entry].operand & 0xFFFF_0000 | vector
        #expect(Self.supply(report(changed, module)) == supply, "vector \(vector) at event \(entry)")
        tried += 1
      }
    }
    #expect(tried > 16)
  }

  private static func supply(_ report: VerificationReport) -> [String: Int64?] {
    let claims = report.claims.filter { $0.identifier.hasPrefix("partition.supply.") }
    return Dictionary(uniqueKeysWithValues: claims.map { ($0.identifier, $0.worst?.value) })
  }
}

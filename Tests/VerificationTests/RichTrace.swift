import ReferenceChecking
import TraceFormat

@testable import Verification

/// The rich story as a kernel records it, for a test to put something else into, and what both judges find there.
struct RichTrace {
  let module: SampleModule
  var events: [TraceEvent]

  init() throws {
    module = try RichModule.make()
    events = Story(RichStory.tell(of: module)).events
  }

  /// The place of the first such operation on a port, of any partition or of one.
  func firstIndex(of operation: PortOperation, by partition: UInt8? = nil) -> Int? {
    events.firstIndex {
      $0.knownKind == .portOperation && $0.detail == operation.rawValue && $0.partition == partition ?? $0.partition
    }
  }

  /// Whether the verifier finds the claim violated, and whether the reference checker does.
  func violations(of claim: String) -> [Bool] {
    [
      report(events, module).identifiers(.fail).contains(claim),
      ReferenceChecker.violations(events, module.table).contains(claim),
    ]
  }
}

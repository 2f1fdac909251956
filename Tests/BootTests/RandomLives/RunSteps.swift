import ModuleConfiguration
import TraceFormat

/// A run step by step: what came into the kernel or what it did by itself, and what it decided about that.
struct RunSteps {
  struct Step {
    var event: TraceEvent
    /// Kind, partition, and what the event is about.
    var key: UInt64
    /// The decisions' keys, in whatever order.
    var decisions: [UInt64] = []
  }

  /// A predicted run has its partitions' entries so near the recorded ones, ns: the kernel's way varies by less.
  /// Entries for nobody, in the kernel's own waits, come in the same order, and move nobody.
  static let tolerance: UInt64 = 50

  private static let decisions: Set<EventKind> = [
    .mark, .upcall, .upcallsReturned, .hypercallResult, .partitionSwitch, .windowStart, .windowEnd, .majorFrameStart,
    .scheduleChange, .modeChange, .restart, .healthError, .healthAction, .timerExpired, .portOperation, .timerArmed,
  ]
  private static let entries: Set<EventKind> = [.hypercall, .timer, .interrupt, .exception]

  private(set) var steps: [Step] = []
  private let drainer: UInt8

  /// - Parameters:
  ///   - drainer: who has no part in it but that it is interrupted.
  ///   - end: where it is cut off, ns.
  init(_ events: [TraceEvent], drainer: UInt8, until end: UInt64) {
    self.drainer = drainer
    for event in events.prefix(while: { $0.time < end }) {
      guard let kind = event.knownKind else { continue }
      let what = kind == .timerArmed ? 0 : UInt64(event.operand & 0xFFFF)
      let key = UInt64(event.kind) << 32 | UInt64(event.partition) << 16 | what
      if Self.entries.contains(kind) || kind == .memoryPiece && event.partition != drainer {
        steps.append(Step(event: event, key: key))
      } else if Self.decisions.contains(kind), !steps.isEmpty {
        steps[steps.count - 1].decisions.append(key)
      }
    }
  }

  /// The first step that is not as in the recorded run, in words; nil where all are.
  func difference(from recorded: RunSteps) -> String? {
    for (mine, its) in zip(steps.dropLast(), recorded.steps.dropLast()) {
      let isSame = mine.key == its.key && mine.decisions.sorted() == its.decisions.sorted()
      guard isSame, isNear(mine.event, its.event) else { return "\(mine.event), recorded \(its.event)" }
    }
    let counts = (steps.count, recorded.steps.count)
    return max(counts.0, counts.1) - min(counts.0, counts.1) > 1 ? "\(counts.0) steps, recorded \(counts.1)" : nil
  }

  private func isNear(_ mine: TraceEvent, _ its: TraceEvent) -> Bool {
    let isNobodys = its.partition == 0xFF || its.partition == drainer
    return isNobodys || max(mine.time, its.time) - min(mine.time, its.time) <= Self.tolerance
  }
}

import APEXTypes
import ModuleConfiguration
import TraceFormat

/// Keyframes, and the stop.
extension ReferenceChecker {
  func judgeEnding() {
    judgeKeyframes()
    let stops = places[Int(EventKind.stop.rawValue)]
    require("stop.reason", stops.count <= 1)
    for index in stops { require("stop.reason", isReason(index)) }
    if let end = places[Int(EventKind.end.rawValue)].first { require("stop.reason", stops.contains { $0 < end }) }
    for step in steps where kinds[step.input] == .nonMaskable { require("stop.reason", has(step, .stop)) }
    guard let stop = stops.first else { return }
    let end = places[Int(EventKind.end.rawValue)].first ?? events.count
    for index in (stop + 1)..<end { require("stop.quiet", isQuiet(index)) }
  }

  private func judgeKeyframes() {
    var words: [UInt64] = []
    for index in events.indices {
      if kinds[index] == .keyframeWords {
        require("trace.keyframe", Int(events[index].operand) == words.count)
        words += (0..<8).map { events[index].words[$0] }
      } else if kinds[index] == .keyframe {
        let count = Int(events[index].operand)
        let isWhole = count <= words.count && words.count < count + 8
        require("trace.keyframe", isWhole)
        if isWhole {
          let hash = words[..<count].withUnsafeBytes { XXH64.hash($0) }
          require("trace.keyframe", hash == events[index].words.w0)
        }
        words = []
      } else if kinds[index] == .end, places[Int(EventKind.end.rawValue)].first == index {
        require("trace.keyframe", words.isEmpty)
      }
    }
  }

  private func isReason(_ index: Int) -> Bool {
    guard let step = step(of: index) else { return events[index].detail == 0 }
    switch StopReason(rawValue: events[index].detail) {
    case .instantReached:
      let asked = kinds[0] == .boot && events[0].words.w3 != 0 ? events[0].words.w3 : .max
      return kinds[0] != .boot || events[index].time >= asked
    case .nonMaskableInterrupt: return kinds[step.input] == .nonMaskable
    case .requested: return isCall(step, .stopModule) && isSystem(partition(step.input))
    case .healthMonitor:
      let action = last(before: index, of: .moduleAction)
      return action.map { $0 > step.input && events[$0].detail == ModuleRecoveryAction.shutdown.rawValue } ?? false
    case nil: return false
    }
  }

  /// After the stop only the drainer works on.
  private func isQuiet(_ index: Int) -> Bool {
    // What has no meaning is a sign of work all the same, if it is of anybody.
    let isOfSomebody = events[index].partition == 0xFF || partition(index) < table.partitionCount
    switch kinds[index] ?? (isOfSomebody ? events[index].knownKind : nil) {
    case .interrupt, .timer, .exception, .start, .mark, .upcall, .windowStart, .majorFrameStart, .portOperation,
      .kernelHandler:
      return false
    case .hypercall: return partition(index) == drainer
    case .partitionSwitch: return partition(index) == drainer || events[index].partition == 0xFF
    default: return true
    }
  }
}

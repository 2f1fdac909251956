import APEXTypes
import ModuleConfiguration
import TraceFormat

/// What events may name at all, keyframes, and the stop.
extension ReferenceChecker {
  func judgeEnding() {
    judgeKeyframes()
    let stops = places[Int(EventKind.stop.rawValue)]
    require("stop.reason", stops.count <= 1)
    for index in stops { require("stop.reason", isReason(index)) }
    if let end = places[Int(EventKind.end.rawValue)].first { require("stop.reason", stops.contains { $0 < end }) }
    for step in steps where kinds[step.input] == .nonMaskable { require("stop.reason", has(step, .stop)) }
    guard let stop = stops.first else { return }
    for index in (stop + 1)..<events.count { require("stop.quiet", isQuiet(index)) }
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
    switch kinds[index] {
    case .interrupt, .timer, .exception, .start, .mark, .upcall, .windowStart, .majorFrameStart, .portOperation,
      .kernelHandler:
      false
    case .hypercall: partition(index) == drainer
    case .partitionSwitch: partition(index) == drainer || events[index].partition == 0xFF
    default: true
    }
  }

  /// Whether an event without meaning counts all the same: an input is one, and a start for no cause that there is.
  func isUsable(_ index: Int) -> Bool {
    kinds[index]?.eventClass == .input
      || kinds[index] == .restart && events[index].partition != 0xFF && (1...2).contains(events[index].detail)
  }

  /// Whether an event names what the module has.
  func isMeant(_ index: Int) -> Bool {
    let event = events[index]
    let isSomebody = event.partition != 0xFF
    guard !isSomebody || partition(index) < table.partitionCount else { return false }
    switch kinds[index] {
    case .interrupt, .kernelHandler, .unclaimed: return (32..<48).contains(what(index))
    case .mark, .upcall: return (32...66).contains(what(index))
    case .hypercall, .memoryPiece, .initialised, .timerExpired: return isSomebody
    case .exception: return isSomebody && what(index) < 32
    case .majorFrameStart: return Int(event.detail) < table.count(ScheduleRecord.self)
    case .windowStart: return Int(event.operand) < table.count(WindowRecord.self)
    case .portOperation:
      return isSomebody && PortOperation(rawValue: event.detail) != nil
        && Int(event.operand) < table.count(PortRecord.self)
    case .modeChange:
      let (old, condition) = (event.operand & 0xFF, event.operand >> 8)
      return isSomebody && event.detail < 4 && old < 4 && condition < 4
    case .restart: return isSomebody && (1...2).contains(event.detail) && event.words.w0 < 4
    case .eventRaised: return isSomebody && Int(event.operand) < table.count(EventChannelRecord.self)
    case .scheduleChange: return Int(event.operand) < table.count(ScheduleRecord.self) && event.detail < 2
    case .healthError:
      return event.detail < 8 && ErrorLevel(rawValue: UInt8(truncatingIfNeeded: event.operand)) != nil
        && SystemState(rawValue: UInt8(truncatingIfNeeded: event.operand >> 8)) != nil
    case .healthAction:
      return isSomebody && event.operand < 8 && PartitionRecoveryAction(rawValue: event.detail) != nil
    case .moduleAction: return event.operand < 8 && ModuleRecoveryAction(rawValue: event.detail) != nil
    case .callback: return isSomebody && event.operand < 8
    case .exceptionReflected: return isSomebody && event.operand <= 32
    default: return true
    }
  }
}

import APEXTypes
import ModuleConfiguration
import TraceFormat

/// What events may name at all, in traces of one module.
///
/// An event that names what the module has not is a violation by itself, and else as if it were not there: nobody can
/// say what it should have done. Its instant counts all the same, for the delay of the next entry is told from it.
struct EventMeaning {
  private let partitions: Int
  private let schedules: Int
  private let windows: Int
  private let ports: Int
  private let channels: Int

  init(_ table: ModuleTable) {
    partitions = table.partitionCount
    schedules = table.count(ScheduleRecord.self)
    windows = table.count(WindowRecord.self)
    ports = table.count(PortRecord.self)
    channels = table.count(EventChannelRecord.self)
  }

  /// Whether an event is to be followed: it has a meaning, or it is a start whose cause alone has none.
  func counts(_ event: TraceEvent) -> Bool {
    isMeant(event)
      || event.knownKind == .restart && Int(event.partition) < partitions && (1...2).contains(event.detail)
  }

  /// Whether an event names what the module has. Of kinds that nobody knows nothing can be said.
  func isMeant(_ event: TraceEvent) -> Bool {
    let isSomebody = Int(event.partition) < partitions
    guard isSomebody || event.partition == 0xFF else { return false }
    let operand = Int(event.operand)
    switch event.knownKind {
    case .interrupt: return (32..<48).contains(operand & 0xFFFF)
    case .exception: return isSomebody && operand & 0xFFFF < 32
    case .kernelHandler, .unclaimed, .acknowledged: return (32..<48).contains(operand)
    case .mark, .upcall: return isSomebody && (32...66).contains(operand)
    case .hypercall, .memoryPiece, .initialised, .timerExpired, .contextReset: return isSomebody
    case .majorFrameStart: return Int(event.detail) < schedules
    case .windowStart: return operand < windows
    case .portOperation: return isSomebody && PortOperation(rawValue: event.detail) != nil && operand < ports
    case .eventRaised: return isSomebody && operand < channels
    case .scheduleChange: return operand < schedules && event.detail < 2
    case .modeChange: return isSomebody && event.detail < 4 && operand & 0xFF < 4 && operand >> 8 < 4
    case .restart: return isSomebody && (1...2).contains(event.detail) && event.words.w0 < 4
    default: return isMeantOfHealth(event, isSomebody)
    }
  }

  private func isMeantOfHealth(_ event: TraceEvent, _ isSomebody: Bool) -> Bool {
    switch event.knownKind {
    case .healthError:
      event.detail < 8 && ErrorLevel(rawValue: UInt8(truncatingIfNeeded: event.operand)) != nil
        && SystemState(rawValue: UInt8(truncatingIfNeeded: event.operand >> 8)) != nil
    case .healthAction: isSomebody && event.operand < 8 && PartitionRecoveryAction(rawValue: event.detail) != nil
    case .moduleAction: event.operand < 8 && ModuleRecoveryAction(rawValue: event.detail) != nil
    case .callback: isSomebody && event.operand < 8
    case .exceptionReflected: isSomebody && event.operand <= 32
    default: true
    }
  }
}

import ModuleConfiguration
import TraceFormat
import TraceReading

/// A set of numbers that have names, and what they are called: the same as in `partita dump`.
public enum LabelSet: String, CaseIterable, Sendable {
  case vector, exception, hypercall, returnCode, errorCode, recoveryAction, moduleAction, portOperation, operatingMode,
    startCondition, stopReason, errorLevel, systemState, stimulusAction

  /// The name of a number, or the number in words where it has none.
  public func text(_ value: UInt64) -> String {
    switch self {
    case .vector: TraceVocabulary.vector(value)
    case .exception: TraceVocabulary.exception(value)
    case .hypercall: TraceVocabulary.hypercall(UInt16(truncatingIfNeeded: value))
    case .returnCode: TraceVocabulary.returnCode(UInt8(truncatingIfNeeded: value))
    case .errorCode: TraceVocabulary.errorCode(UInt8(truncatingIfNeeded: value))
    case .recoveryAction: TraceVocabulary.recoveryAction(UInt8(truncatingIfNeeded: value))
    case .moduleAction: TraceVocabulary.moduleAction(UInt8(truncatingIfNeeded: value))
    case .portOperation: TraceVocabulary.portOperation(UInt8(truncatingIfNeeded: value))
    case .operatingMode: TraceVocabulary.operatingMode(UInt8(truncatingIfNeeded: value))
    case .startCondition: TraceVocabulary.startCondition(UInt8(truncatingIfNeeded: value))
    case .stopReason: TraceVocabulary.stopReason(UInt8(truncatingIfNeeded: value))
    case .errorLevel: TraceVocabulary.errorLevel(UInt8(truncatingIfNeeded: value))
    case .systemState: TraceVocabulary.systemState(UInt8(truncatingIfNeeded: value))
    case .stimulusAction: StimulusRecord.Action(rawValue: value).map { "\($0)" } ?? "\(value)"
    }
  }

  /// The numbers that have a name of their own, with it, in order.
  public var members: [(value: UInt64, name: String)] {
    switch self {
    case .vector: (UInt64(32)...66).map { ($0, text($0)) }
    case .exception: (UInt64(0)...32).map { ($0, text($0)) }
    default:
      (UInt64(0)...255).compactMap { value in
        let name = text(value)
        return name.last?.isNumber == true ? nil : (value, name)
      }
    }
  }
}

import APEXTypes
import ModuleConfiguration
import TraceFormat

/// The events of mechanisms that concern the module as a whole, and partitions among each other.
extension EventDescription {
  static func isOfModule(_ kind: EventKind) -> Bool {
    switch kind {
    case .timerExpired, .exceptionReflected, .healthError, .moduleAction, .restart, .initialised, .eventRaised,
      .scheduleChange, .callback:
      true
    default: false
    }
  }

  static func ofModule(_ kind: EventKind, _ event: TraceEvent, _ names: TraceVocabulary) -> [EventField] {
    let words = event.words
    let operand = UInt64(event.operand)
    switch kind {
    case .timerExpired:
      return [
        EventField("ticks", .count(operand)), EventField("latest", .instant(words.w0)),
        EventField("next", .instant(words.w1 == 0 ? .max : words.w1)), EventField("dropped", .count(words.w2)),
      ]
    case .exceptionReflected:
      return [
        EventField("vector", .name(TraceVocabulary.exception(operand))), EventField("handler", .address(words.w0)),
        EventField("error", .address(words.w1)), EventField("address", .address(words.w2)),
      ]
    case .healthError: return healthError(event)
    case .moduleAction:
      return [
        EventField("error", .name(TraceVocabulary.errorCode(UInt8(truncatingIfNeeded: operand)))),
        EventField("action", .name(TraceVocabulary.moduleAction(event.detail))),
      ]
    case .restart:
      return [
        EventField("to", .name(TraceVocabulary.operatingMode(event.detail))), EventField("pieces", .count(operand)),
        EventField("condition", .name(TraceVocabulary.startCondition(UInt8(truncatingIfNeeded: words.w0)))),
      ]
    case .eventRaised:
      return [
        EventField("channel", .count(operand)),
        EventField("to", .name(names.partition(UInt8(truncatingIfNeeded: words.w0)))),
        EventField("vector", .name(TraceVocabulary.vector(words.w1))),
      ]
    case .scheduleChange:
      return [EventField("schedule", .count(operand)), EventField("done", .flag(event.detail != 0))]
    case .callback:
      return [
        EventField("error", .name(TraceVocabulary.errorCode(UInt8(truncatingIfNeeded: operand)))),
        EventField("entry", .address(words.w0)),
        EventField("then", .name(TraceVocabulary.recoveryAction(UInt8(truncatingIfNeeded: words.w1)))),
      ]
    default: return []
    }
  }

  private static func healthError(_ event: TraceEvent) -> [EventField] {
    let vector = UInt64(event.operand >> 16 & 0xFF)
    var fields = [
      EventField("error", .name(TraceVocabulary.errorCode(event.detail))),
      EventField("level", .name(TraceVocabulary.errorLevel(UInt8(truncatingIfNeeded: event.operand)))),
      EventField("state", .name(TraceVocabulary.systemState(UInt8(truncatingIfNeeded: event.operand >> 8)))),
      EventField("address", .address(event.words.w0)), EventField("entry", .count(event.words.w1)),
    ]
    if vector != 0 { fields.append(EventField("exception", .name(TraceVocabulary.exception(vector - 1)))) }
    return fields
  }

  static func portOperation(_ event: TraceEvent) -> [EventField] {
    let words = event.words
    let fields = [
      EventField("operation", .name(TraceVocabulary.portOperation(event.detail))),
      EventField("port", .count(UInt64(event.operand))), EventField("length", .count(words.w0)),
      EventField("message", .count(words.w1)),
    ]
    switch PortOperation(rawValue: event.detail) {
    case .send: return fields + [EventField("waiting", .count(words.w2))]
    case .receive:
      return fields + [
        EventField("waiting", .count(words.w2 >> 1)), EventField("overflow", .flag(words.w2 & 1 != 0)),
      ]
    case .overflow, .clear: return fields
    default: return fields + [EventField("valid", .flag(words.w2 != 0))]
    }
  }
}

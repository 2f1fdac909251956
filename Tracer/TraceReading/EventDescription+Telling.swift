import ModuleConfiguration
import TraceFormat

/// What a partition's scheduler tells of its processes, by name.
extension EventDescription {
  /// What stands in the place of a call's arguments; nil for every other event.
  public static func telling(_ event: TraceEvent, _ names: TraceVocabulary) -> [EventField]? {
    guard event.kind == EventKind.hypercall.rawValue,
      UInt16(truncatingIfNeeded: event.operand) == HypercallNumber.tellProcess.rawValue
    else { return nil }
    let telling = ProcessTelling((event.words.w3, event.words.w4, event.words.w5))
    var fields = [EventField("from", process(telling.from, event.partition, names))]
    if !telling.from.isNone || !telling.isDispatch {
      fields.append(
        EventField("state", .name(TraceVocabulary.toldState(UInt8(truncatingIfNeeded: event.words.w4)))))
    }
    fields.append(EventField("to", process(telling.to, event.partition, names)))
    if telling.state == .replenished {
      // So long after the start of its partition's period; nobody moves one to before that.
      fields.append(EventField(telling.age > 0 ? "age" : "deadline", .duration(telling.age.magnitude)))
    } else if !telling.to.isNone {
      fields.append(age(telling.age))
    }
    return fields
  }

  private static func process(_ key: ProcessKey, _ partition: UInt8, _ names: TraceVocabulary) -> EventField.Value {
    names.process(key, of: partition).map { .name($0) } ?? .address(UInt64(key.rawValue))
  }

  /// From a job's release to the start of its partition's period, or the other way where that comes first.
  private static func age(_ age: Int64) -> EventField {
    switch age {
    case ProcessTelling.aperiodic: EventField("age", .name("aperiodic"))
    case ..<0: EventField("delay", .duration(age.magnitude))
    default: EventField("age", .duration(age.magnitude))
    }
  }
}

import ModuleConfiguration
import TraceFormat

/// What an event says, in names: the meaning that `EventKind` gives its detail, operand and words.
public struct EventDescription: Equatable, Sendable {
  public var position: UInt64
  public var event: TraceEvent
  public var kind: String
  public var partition: String
  public var fields: [EventField]

  public init(_ event: TraceEvent, position: UInt64, _ vocabulary: TraceVocabulary) {
    self.position = position
    self.event = event
    kind = TraceVocabulary.kind(event.kind)
    partition = vocabulary.partition(event.partition)
    switch event.knownKind {
    case .interrupt, .timer, .hypercall, .exception: fields = Self.entry(event, vocabulary)
    case nil: fields = Self.raw(event)
    case let kind? where EventDescription.isOfModule(kind): fields = Self.ofModule(kind, event, vocabulary)
    case let kind? where kind.eventClass == .decision: fields = Self.decision(kind, event, vocabulary)
    case let kind? where kind.eventClass == .observation: fields = Self.observation(kind, event)
    case let kind?: fields = Self.other(kind, event)
    }
  }

  /// The event as a line: position, time, kind, partition, fields; the columns are aligned from line to line.
  public func line(partitionWidth: Int) -> String {
    var text = Self.padded("\(position)", 10, isRight: true) + "  "
    text += Self.padded(EventField.seconds(event.time), 14, isRight: true) + "  " + Self.padded(kind, 16) + "  "
    guard !fields.isEmpty else { return text + partition }
    text += Self.padded(partition, partitionWidth) + " "
    for field in fields { text += " " + field.text }
    return text
  }

  /// The event as one JSON object, its raw parts included.
  public var json: String {
    let words = (0..<8).map { event.words[$0] }
    let used = words.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
    let eventClass = event.knownKind.map { "\($0.eventClass)" } ?? "unknown"
    var members = [
      "\"position\":\(position)", "\"timeNs\":\(event.time)", "\"kind\":\(EventField.quoted(kind))",
      "\"class\":\"\(eventClass)\"",
    ]
    if event.partition != 0xFF { members.append("\"partition\":\(EventField.quoted(partition))") }
    let raw =
      "{\"kind\":\(event.kind),\"partition\":\(event.partition),\"detail\":\(event.detail),"
      + "\"operand\":\(event.operand),\"words\":[\(words[0..<used].map(String.init).joined(separator: ","))]}"
    members.append("\"fields\":{\(fields.map(\.json).joined(separator: ","))}")
    return "{" + members.joined(separator: ",") + ",\"raw\":\(raw)}"
  }

  /// Text in a column of `width` characters.
  public static func padded(_ text: String, _ width: Int, isRight: Bool = false) -> String {
    let missing = width - text.count
    guard missing > 0 else { return text }
    let spaces = String(repeating: " ", count: missing)
    return isRight ? spaces + text : text + spaces
  }

  // MARK: Kinds

  private static func raw(_ event: TraceEvent) -> [EventField] {
    [EventField("detail", .count(UInt64(event.detail))), EventField("operand", .count(UInt64(event.operand)))]
      + (0..<8).map { EventField("w\($0)", .address(event.words[$0])) }
  }

  private static func entry(_ event: TraceEvent, _ vocabulary: TraceVocabulary) -> [EventField] {
    let snapshot = EntrySnapshot(event)
    let what = UInt64(event.operand & 0xFFFF)
    var fields: [EventField] = []
    switch event.knownKind {
    case .interrupt: fields.append(EventField("vector", .name(TraceVocabulary.vector(what))))
    case .hypercall: fields += hypercall(event, UInt16(what))
    case .exception:
      fields += [
        EventField("vector", .name(TraceVocabulary.exception(what))), EventField("error", .address(event.words.w2)),
        EventField("address", .address(event.words.w3)), EventField("rip", .address(event.words.w4)),
        EventField("comeBack", .count(event.words.w5)),
      ]
    default: break
    }
    fields += [
      EventField("enabled", .flag(snapshot.flags.contains(.interruptsEnabled))),
      EventField("space", .name(vocabulary.addressSpace(snapshot.addressSpace))),
      EventField("flips", .count(UInt64(snapshot.flips))),
      EventField("entered", .count(UInt64(snapshot.upcallsEntered))),
      EventField("returned", .count(UInt64(snapshot.upcallsReturned))),
      EventField("resumed", .duration(snapshot.resumeDelay)),
    ]
    let rare: [(EntrySnapshot.Flags, String)] = [
      (.inReturnTail, "inTail"), (.frameFits, "fits"), (.lineInService, "real"), (.isPulse, "pulse"),
    ]
    for (flag, name) in rare where snapshot.flags.contains(flag) { fields.append(EventField(name, .flag(true))) }
    return fields
  }

  private static func hypercall(_ event: TraceEvent, _ number: UInt16) -> [EventField] {
    var fields = [EventField("call", .name(TraceVocabulary.hypercall(number)))]
    let count = min(5, HypercallNumber(rawValue: number)?.argumentCount ?? 5)
    for index in 0..<count { fields.append(EventField("a\(index)", .address(event.words[3 + index]))) }
    if event.words.w2 != 0 { fields.append(EventField("found", .count(event.words.w2))) }
    return fields
  }

  private static func decision(_ kind: EventKind, _ event: TraceEvent, _ names: TraceVocabulary) -> [EventField] {
    let words = event.words
    let operand = UInt64(event.operand)
    let vector = EventField("vector", .name(TraceVocabulary.vector(operand)))
    switch kind {
    case .kernelHandler: return [vector, EventField("count", .count(words.w0))]
    case .mark: return [vector, EventField("waiting", .count(words.w0))]
    case .upcall:
      return [
        vector, EventField("coalesced", .count(words.w0)), EventField("handler", .address(words.w1)),
        EventField("ordinal", .count(words.w2)), EventField("depth", .count(UInt64(event.detail >> 1))),
        EventField("replacesReturn", .flag(event.detail & 1 != 0)),
      ]
    case .upcallsReturned: return [EventField("count", .count(operand))]
    case .hypercallResult:
      return [
        EventField("call", .name(TraceVocabulary.hypercall(UInt16(truncatingIfNeeded: operand)))),
        EventField("status", .name(TraceVocabulary.returnCode(event.detail))), EventField("value", .count(words.w0)),
      ]
    case .partitionSwitch:
      return [EventField("from", .name(names.partition(event.detail))), EventField("nominal", .instant(words.w0))]
    case .windowStart:
      return [
        EventField("window", .count(operand)), EventField("start", .instant(words.w0)),
        EventField("end", .instant(words.w1)), EventField("late", .duration(event.time &- min(event.time, words.w0))),
      ]
    case .windowEnd: return [EventField("window", .count(operand)), EventField("end", .instant(words.w0))]
    case .majorFrameStart:
      return [
        EventField("frame", .count(operand)), EventField("schedule", .count(UInt64(event.detail))),
        EventField("start", .instant(words.w0)),
      ]
    case .healthAction:
      var fields = [
        EventField("error", .name(TraceVocabulary.errorCode(UInt8(truncatingIfNeeded: operand)))),
        EventField("action", .name(TraceVocabulary.recoveryAction(event.detail))),
      ]
      if words.w0 != 0 { fields.append(EventField("exception", .name(TraceVocabulary.exception(words.w0 - 1)))) }
      return fields
    case .portOperation: return portOperation(event)
    case .lineMask: return [EventField("masked", .address(operand))]
    case .timerArmed: return [EventField("for", .instant(words.w0))]
    case .idle: return [EventField("until", .instant(words.w0))]
    case .modeChange:
      return [
        EventField("to", .name(TraceVocabulary.operatingMode(event.detail))),
        EventField("from", .name(TraceVocabulary.operatingMode(UInt8(truncatingIfNeeded: operand)))),
        EventField("condition", .name(TraceVocabulary.startCondition(UInt8(truncatingIfNeeded: operand >> 8)))),
      ]
    case .stop: return [EventField("reason", .name(TraceVocabulary.stopReason(event.detail)))]
    default: return [vector]
    }
  }

  private static func observation(_ kind: EventKind, _ event: TraceEvent) -> [EventField] {
    let words = event.words
    let operand = UInt64(event.operand)
    switch kind {
    case .acknowledged:
      return [
        EventField("vector", .name(TraceVocabulary.vector(operand))), EventField("inService", .address(words.w0)),
      ]
    case .upcallWritten:
      return [
        EventField("frame", .address(words.w0)), EventField("rip", .address(words.w1)),
        EventField("enabled", .flag(words.w2 != 0)),
      ]
    case .exceptionWritten:
      return [
        EventField("vector", .name(TraceVocabulary.exception(operand))), EventField("frame", .address(words.w0)),
        EventField("rip", .address(words.w1)), EventField("enabled", .flag(words.w2 != 0)),
      ]
    case .contextReset: return [EventField("rip", .address(words.w0)), EventField("rsp", .address(words.w1))]
    case .messageCopied:
      return [
        EventField("operation", .name(TraceVocabulary.portOperation(event.detail))),
        EventField("port", .count(operand)),
        EventField("digest", .address(words.w0)), EventField("length", .count(words.w1)),
      ]
    case .consoleWritten: return [EventField("bytes", .count(operand)), EventField("digest", .address(words.w0))]
    case .noteWords:
      return [EventField("first", .count(operand)), EventField("count", .count(UInt64(event.detail)))]
        + (0..<8).map { EventField("w\($0)", .address(words[$0])) }
    case .drained: return [EventField("words", .count(words.w0)), EventField("bytes", .count(words.w1))]
    case .maskRead: return [EventField("masked", .address(operand))]
    case .padded: return [EventField("until", .instant(words.w0)), EventField("left", .duration(words.w1))]
    case .kernelFault: return [EventField("what", .count(operand)), EventField("rip", .address(words.w0))]
    default: return raw(event)
    }
  }

  private static func other(_ kind: EventKind, _ event: TraceEvent) -> [EventField] {
    let words = event.words
    let operand = UInt64(event.operand)
    switch kind {
    case .nonMaskable: return [EventField("count", .count(operand))]
    case .stimulus:
      let action = StimulusRecord.Action(rawValue: UInt64(event.detail)).map { "\($0)" } ?? "\(event.detail)"
      return [EventField("action", .name(action)), EventField("data", .address(operand))]
    case .memoryPiece: return [EventField("piece", .count(operand))]
    case .start: return [EventField("stopAt", .instant(words.w0))]
    case .keyframeWords:
      return [EventField("first", .count(operand))] + (0..<8).map { EventField("w\($0)", .address(words[$0])) }
    case .keyframe: return [EventField("words", .count(operand)), EventField("digest", .address(words.w0))]
    case .boot:
      return [
        EventField("version", .count(operand)), EventField("table", .address(words.w0)),
        EventField("kernel", .address(words.w1)), EventField("clockScale", .address(words.w2)),
        EventField("stopAt", .instant(words.w3)),
      ]
    case .loss: return [EventField("events", .count(words.w0))]
    case .end: return [EventField("events", .count(words.w0)), EventField("lost", .count(words.w1))]
    default: return raw(event)
    }
  }
}

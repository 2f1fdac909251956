import ModuleConfiguration
import TraceFormat

/// What an event says, in names: the meaning that `EventKind` gives its detail, operand and words.
public struct EventDescription: Equatable, Sendable {
  /// Which event of the trace it is, from 0.
  public var position: UInt64
  /// What was recorded, which JSON shows as `raw`.
  public var event: TraceEvent
  /// As `TraceVocabulary.kind` has it.
  public var kind: String
  /// As `TraceVocabulary.partition` has it: a dash where the event has none.
  public var partition: String
  /// In the order in which they are shown.
  public var fields: [EventField]

  /// - Parameter vocabulary: names of the module that the trace is of.
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
    var text = TextBytes()
    write(lineTo: &text, partitionWidth: partitionWidth)
    return text.text
  }

  /// Puts the same, without the line's end.
  public func write(lineTo text: inout TextBytes, partitionWidth: Int) {
    text.put(position, width: 10)
    text.put("  ")
    text.put(seconds: event.time, width: 14)
    text.put("  ")
    text.put(kind, width: 16)
    text.put("  ")
    guard !fields.isEmpty else { return text.put(partition) }
    text.put(partition, width: partitionWidth)
    text.put(byte: 0x20)
    for field in fields {
      text.put(byte: 0x20)
      field.write(to: &text)
    }
  }

  /// The event as one JSON object, its raw parts included.
  public var json: String {
    var text = TextBytes()
    write(jsonTo: &text)
    return text.text
  }

  /// Puts the same.
  public func write(jsonTo text: inout TextBytes) {
    text.put("{\"position\":")
    text.put(position)
    text.put(",\"timeNs\":")
    text.put(event.time)
    text.put(",\"kind\":")
    text.put(quoted: kind)
    text.put(",\"class\":")
    text.put(quoted: TraceVocabulary.eventClass(event.kind))
    if event.partition != 0xFF {
      text.put(",\"partition\":")
      text.put(quoted: partition)
    }
    text.put(",\"fields\":{")
    var isFirst = true
    for field in fields {
      if !isFirst { text.put(byte: 0x2C) }
      isFirst = false
      field.write(jsonTo: &text)
    }
    text.put("},\"raw\":")
    write(rawTo: &text)
    text.put("}")
  }

  private func write(rawTo text: inout TextBytes) {
    text.put("{\"kind\":")
    text.put(UInt64(event.kind))
    text.put(",\"partition\":")
    text.put(UInt64(event.partition))
    text.put(",\"detail\":")
    text.put(UInt64(event.detail))
    text.put(",\"operand\":")
    text.put(UInt64(event.operand))
    text.put(",\"words\":[")
    var used = 8
    while used > 0, event.words[used - 1] == 0 { used -= 1 }
    for index in 0..<used {
      if index > 0 { text.put(byte: 0x2C) }
      text.put(event.words[index])
    }
    text.put("]}")
  }

  /// Text in a column as wide as so many signs that take one column of a terminal.
  public static func padded(_ string: String, _ width: Int, isRight: Bool = false) -> String {
    var text = TextBytes()
    text.put(string, width: width, isRight: isRight)
    return text.text
  }

  // MARK: Kinds

  private static func raw(_ event: TraceEvent) -> [EventField] {
    [EventField("detail", .count(UInt64(event.detail))), EventField("operand", .count(UInt64(event.operand)))]
      + allWords(event)
  }

  private static func entry(_ event: TraceEvent, _ vocabulary: TraceVocabulary) -> [EventField] {
    let snapshot = EntrySnapshot(event)
    let what = UInt64(event.operand & 0xFFFF)
    var fields: [EventField] = []
    fields.reserveCapacity(16)
    switch event.knownKind {
    case .interrupt: fields.append(EventField("vector", .name(TraceVocabulary.vector(what))))
    case .hypercall: appendHypercall(event, UInt16(what), vocabulary, to: &fields)
    case .exception:
      fields += [
        EventField("vector", .name(TraceVocabulary.exception(what))), EventField("error", .address(event.words.w2)),
        EventField("address", .address(event.words.w3)), EventField("rip", .address(event.words.w4)),
        EventField("comeBack", .count(event.words.w5)),
      ]
    default: break
    }
    fields.append(EventField("enabled", .flag(snapshot.flags.contains(.interruptsEnabled))))
    fields.append(EventField("space", .name(vocabulary.addressSpace(snapshot.addressSpace))))
    fields.append(EventField("flips", .count(UInt64(snapshot.flips))))
    fields.append(EventField("entered", .count(UInt64(snapshot.upcallsEntered))))
    fields.append(EventField("returned", .count(UInt64(snapshot.upcallsReturned))))
    fields.append(EventField("resumed", .duration(snapshot.resumeDelay)))
    for (flag, name) in rareFlags where snapshot.flags.contains(flag) { fields.append(EventField(name, .flag(true))) }
    return fields
  }

  private static let rareFlags: [(EntrySnapshot.Flags, String)] = [
    (.inReturnTail, "inTail"), (.frameFits, "fits"), (.lineInService, "real"), (.isPulse, "pulse"),
    (.isHandlerOver, "handled"),
  ]
  private static let argumentNames = (0..<5).map { "a\($0)" }
  private static let wordNames = (0..<8).map { "w\($0)" }

  private static func appendHypercall(
    _ event: TraceEvent, _ number: UInt16, _ names: TraceVocabulary, to fields: inout [EventField]
  ) {
    fields.append(EventField("call", .name(TraceVocabulary.hypercall(number))))
    if let told = telling(event, names) {
      fields += told
    } else {
      let count = min(5, HypercallNumber(rawValue: number)?.argumentCount ?? 5)
      for index in 0..<count { fields.append(EventField(argumentNames[index], .address(event.words[3 + index]))) }
    }
    if event.words.w2 != 0 { fields.append(EventField("found", .count(event.words.w2))) }
  }

  private static func allWords(_ event: TraceEvent) -> [EventField] {
    wordNames.indices.map { EventField(wordNames[$0], .address(event.words[$0])) }
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
        + allWords(event)
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
      return [EventField("first", .count(operand))] + allWords(event)
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

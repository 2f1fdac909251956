import ModuleConfiguration
import TraceFormat

/// Turns the claims of a module file into records of its table, or says why it cannot.
struct ClaimCompiler {
  /// What is wrong with an event of a claim, and what would be right.
  struct Defect: Error {
    var what: String
    var advice: String
  }
  let module: ModuleDescription

  /// Kinds that a claim may be about: what was told to the core, what it decided and what the hardware did.
  static let kinds: [EventKind] = (1..<64).compactMap { EventKind(rawValue: $0) }

  /// The claim's record; nil where `ModuleRules` refuses the claim.
  func record(_ claim: ClaimDescription, name: NameReference) -> ClaimRecord? {
    guard let first = claim.events.first.flatMap({ try? pattern($0) }),
      let second = claim.events.last.flatMap({ try? pattern($0) })
    else { return nil }
    return ClaimRecord(
      form: claim.form, name: name, first: first, second: second,
      bound: claim.boundTime?.count ?? claim.boundCount ?? 0)
  }

  /// What the event is to be like. A partition, a port or a line of which a module has no room is refused by a rule of
  /// its own: here it is any other number.
  func pattern(_ event: ClaimDescription.Event) throws(Defect) -> EventPattern {
    guard let kind = Self.kinds.first(where: { "\($0)" == event.kind }) else {
      throw Defect(
        what: "there is no kind of event '\(event.kind)'",
        advice: "write one of \(Self.kinds.map { "\($0)" }.joined(separator: ", "))")
    }
    var pattern = EventPattern(kind)
    var owner: Int?
    if let identifier = event.partitionIdentifier {
      owner = module.partitionIndex(identifier: identifier)
      guard let owner else {
        throw Defect(what: "there is no partition \(identifier)", advice: "write a partition's PartitionIdentifier")
      }
      pattern.partition = UInt8(clamping: owner)
    }
    guard [event.interruptLine != nil, event.portName != nil, event.number != nil].count(where: { $0 }) < 2 else {
      throw Defect(what: "the event has several numbers", advice: "write one of Line, PortName and Number")
    }
    if let line = event.interruptLine { pattern.operand = try vector(line, kind) }
    if let name = event.portName { pattern.operand = try port(name, owner, kind) }
    if let number = event.number { pattern.operand = try fitting(number, "Number") }
    if let detail = event.detail { pattern.detail = try fitting(detail, "Detail") }
    return pattern
  }

  private func fitting<Value: FixedWidthInteger>(_ number: UInt64, _ name: String) throws(Defect) -> Value {
    guard let value = Value(exactly: number) else {
      throw Defect(what: "\(name) \(number) is too large", advice: "write at most \(Value.max)")
    }
    return value
  }

  private func vector(_ line: UInt64, _ kind: EventKind) throws(Defect) -> UInt16 {
    switch kind {
    case .interrupt, .mark, .upcall, .acknowledged, .kernelHandler, .unclaimed: break
    default:
      throw Defect(
        what: "an event of kind \(kind) has no line",
        advice: "write Line with interrupt, mark, upcall, acknowledged, kernelHandler or unclaimed")
    }
    guard module.lines.contains(where: { $0.number == line }) else {
      throw Defect(what: "line \(line) is not in use", advice: "write one of the lines in p:Interrupts")
    }
    return UInt16(clamping: line) &+ 32
  }

  /// The port's index: ports are numbered in the order of partitions.
  private func port(_ name: String, _ owner: Int?, _ kind: EventKind) throws(Defect) -> UInt16 {
    guard kind == .portOperation || kind == .messageCopied else {
      throw Defect(
        what: "an event of kind \(kind) has no port", advice: "write PortName with portOperation or messageCopied")
    }
    guard let owner else {
      throw Defect(
        what: "whose port '\(name)' is meant is not said", advice: "write the owner's PartitionIdentifier too")
    }
    guard let place = module.partitions[owner].ports.firstIndex(where: { $0.name == name }) else {
      throw Defect(
        what: "'\(module.partitions[owner].name)' has no port '\(name)'",
        advice: "write one of \(module.partitions[owner].ports.map(\.name).joined(separator: ", "))")
    }
    return UInt16(clamping: module.partitions[..<owner].reduce(0) { $0 + $1.ports.count } + place)
  }
}

import APEXTypes
import ModuleConfiguration
import TraceFormat

/// What a trace shows of messages at the ports that they go to: how old they were when they were read, and how many
/// waited.
///
/// An age counts only where the write of the very message was seen, a number of waiting messages where the trace tells
/// it, or tells all that it follows from. So where events are missing less is seen, but nothing wrong.
public struct PortObserver {
  /// What was seen at one destination; nil where nothing was.
  public struct Seen: Equatable, Sendable {
    /// The oldest message read, ns.
    public var greatestAge: UInt64?
    /// The most messages that waited.
    public var mostWaiting: UInt64?
  }

  private struct Port {
    var owner: UInt8
    var isSource: Bool
    var name: String
    /// Of a destination, its source's index; -1 where there is none.
    var source = -1
    /// Of a source, its destinations' indices.
    var destinations: [Int] = []
  }

  private var ports: [Port]
  /// By port.
  private(set) var seen: [Seen]
  /// What each source wrote last.
  private var written: [(number: UInt64, time: UInt64)?]
  /// How many messages wait at each destination; nil where nobody knows.
  private var waiting: [UInt64?]
  /// A message that was sent: whose destinations were full is told after it.
  private var sent: (source: Int, fullest: UInt64)?

  /// The ports are those of the trace's module table, of which nothing has been seen yet.
  public init(_ table: ModuleTable) {
    let records = (0..<table.count(PortRecord.self)).map { table.record(PortRecord.self, $0) }
    ports = records.map { record in
      let owner = String(decoding: table.name(table.partition(record.partition).name), as: UTF8.self)
      let own = String(decoding: table.name(record.name), as: UTF8.self)
      return Port(
        owner: record.partition.rawValue, isSource: record.direction == .source, name: "\(owner).\(own)")
    }
    for (index, record) in records.enumerated() where record.direction == .source {
      for (other, end) in records.enumerated() where end.direction != .source && end.channel == record.channel {
        ports[index].destinations.append(other)
        ports[other].source = index
      }
    }
    seen = Array(repeating: Seen(), count: records.count)
    written = Array(repeating: nil, count: records.count)
    waiting = Array(repeating: nil, count: records.count)
  }

  /// What was seen at the port of that name, `Partition.PORT`.
  public func seen(at name: String) -> Seen? { ports.firstIndex { $0.name == name }.map { seen[$0] } }

  /// Events are missing.
  public mutating func noteGap() {
    sent = nil
    for index in ports.indices { waiting[index] = nil }
  }

  /// Takes the next event of the trace.
  public mutating func consume(_ event: TraceEvent) {
    guard let kind = event.knownKind else { return }
    if kind == .portOperation, event.detail == PortOperation.overflow.rawValue { return discard(Int(event.operand)) }
    // Receivers are marked between a send and what others discard of it.
    guard kind != .mark else { return }
    settle()
    switch kind {
    case .portOperation: operate(event)
    case .loss: noteGap()
    case .restart: forget(event.partition)
    case .modeChange where event.detail == OperatingMode.idle.rawValue: forget(event.partition)
    default: break
    }
  }

  /// The trace is over.
  public mutating func finish() { settle() }

  /// Messages to a partition that does not run, or has not made its port yet, are not kept.
  private mutating func forget(_ partition: UInt8) {
    for index in ports.indices where ports[index].owner == partition { waiting[index] = nil }
  }

  private mutating func operate(_ event: TraceEvent) {
    let index = Int(event.operand)
    guard ports.indices.contains(index), let operation = PortOperation(rawValue: event.detail) else { return }
    switch operation {
    case .create, .clear: waiting[index] = 0
    case .write: written[index] = (number: event.words.w1, time: event.time)
    case .read: read(event, index)
    case .send: send(index, fullest: event.words.w2)
    case .receive:
      let rest = event.words.w2 >> 1
      note(rest + 1, at: index)
      waiting[index] = rest
    case .overflow: break
    }
  }

  private mutating func read(_ event: TraceEvent, _ index: Int) {
    let source = ports[index].source
    guard event.words.w0 > 0, source >= 0, let last = written[source], last.number == event.words.w1,
      event.time >= last.time
    else { return }
    seen[index].greatestAge = max(seen[index].greatestAge ?? 0, event.time - last.time)
  }

  private mutating func send(_ index: Int, fullest: UInt64) {
    let destinations = ports[index].destinations
    for destination in destinations {
      if let count = waiting[destination] { waiting[destination] = count &+ 1 }
    }
    // Of a single destination the send itself tells.
    if destinations.count == 1 { waiting[destinations[0]] = fullest }
    sent = (source: index, fullest: fullest)
  }

  private mutating func discard(_ index: Int) {
    guard ports.indices.contains(index), let sent, ports[sent.source].destinations.count > 1,
      let count = waiting[index], count > 0
    else { return }
    waiting[index] = count - 1
  }

  /// All that belongs to a send has been told.
  private mutating func settle() {
    guard let sent else { return }
    self.sent = nil
    for destination in ports[sent.source].destinations {
      guard let count = waiting[destination] else { continue }
      // A destination that takes nothing, for its partition is stopped, has no more than the fullest.
      waiting[destination] = min(count, sent.fullest)
      note(min(count, sent.fullest), at: destination)
    }
  }

  private mutating func note(_ count: UInt64, at index: Int) {
    guard count > 0 else { return }
    seen[index].mostWaiting = max(seen[index].mostWaiting ?? 0, count)
  }
}

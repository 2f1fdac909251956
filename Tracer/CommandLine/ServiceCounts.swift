import ModuleConfiguration
import TraceFormat
import TraceReading

/// What became of messages at each port, and which calls were answered otherwise than `noError`.
///
/// No claim is violated where a message is discarded because the module file says so, or a port is created otherwise
/// than it is configured.
struct ServiceCounts {
  struct Port {
    var partition: UInt8
    var name: String
    var isSource: Bool
    var isQueuing: Bool
    /// Written or sent, read or received.
    var messages: UInt64 = 0
    /// Of them, read when they were older than the refresh period.
    var notValid: UInt64 = 0
    /// Sent to it, and discarded because it was full.
    var discarded: UInt64 = 0
    var mostWaiting: UInt64 = 0
  }
  struct Answer: Hashable {
    var partition: UInt8
    var call: UInt16
    var status: UInt8
  }

  private(set) var ports: [Port]
  private var counts: [Answer: UInt64] = [:]

  init(_ table: ModuleTable) {
    ports = (0..<table.count(PortRecord.self)).map { index in
      let record = table.record(PortRecord.self, index)
      return Port(
        partition: record.partition.rawValue, name: TraceVocabulary.text(table, record.name),
        isSource: record.direction == .source, isQueuing: record.kind == .queuing)
    }
  }

  /// By partition, call and status.
  var answers: [(answer: Answer, count: UInt64)] {
    counts.sorted { one, two in
      (one.key.partition, one.key.call, one.key.status) < (two.key.partition, two.key.call, two.key.status)
    }.map { ($0.key, $0.value) }
  }

  mutating func add(_ batch: TraceBatch) {
    guard case .events(_, let events) = batch else { return }
    for event in events {
      switch event.knownKind {
      case .portOperation: operate(event)
      case .hypercallResult where event.detail != 0:
        let call = UInt16(truncatingIfNeeded: event.operand)
        counts[Answer(partition: event.partition, call: call, status: event.detail), default: 0] += 1
      default: break
      }
    }
  }

  private mutating func operate(_ event: TraceEvent) {
    let index = Int(event.operand)
    guard ports.indices.contains(index), let operation = PortOperation(rawValue: event.detail) else { return }
    switch operation {
    case .write: ports[index].messages += 1
    case .read:
      ports[index].messages += 1
      if event.words.w2 == 0 { ports[index].notValid += 1 }
    case .send:
      ports[index].messages += 1
      ports[index].mostWaiting = max(ports[index].mostWaiting, event.words.w2)
    case .receive:
      ports[index].messages += 1
      ports[index].mostWaiting = max(ports[index].mostWaiting, event.words.w2 >> 1 &+ 1)
    case .overflow: ports[index].discarded += 1
    case .create, .clear: break
    }
  }
}

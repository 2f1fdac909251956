import ModuleConfiguration

/// What the destination ports hold, as the trace has told it: room for every message that may wait.
struct PortTable {
  static let room = ModuleLimits.maximumQueuedMessages
  /// Identifiers below it are noted.
  static let identifierCount = ModuleLimits.maximumPortCount + 1

  /// A queue, or the emptiness of a sampling port.
  struct Queue: Equatable {
    var isCreated = false
    var isCreationKnown = true
    /// Whether head, count and contents are known.
    var isKnown = true
    var head = 0
    var count = 0
    /// Messages were discarded since the last receipt.
    var hasOverflowed = false
    var isOverflowKnown = true
    /// Number of the message received last; those that follow are greater.
    var lastReceived: UInt64 = 0
    /// A sampling port: nothing was written since it was created.
    var isEmpty = false
    var isEmptyKnown = true
  }
  struct Message: Equatable {
    var number: UInt64 = 0
    var bytes: UInt64 = 0
    var digest: UInt64 = 0
    var isDigestKnown = false
  }
  var queues: [Queue]
  /// By port × `room` + place; empty where the module has no queues.
  var messages: [Message]
  /// By partition × `identifierCount` + identifier: port index + 1, 0 where unknown.
  var identifiers: [UInt16]
  /// Partitions of which all identifiers are noted that they were told since their start.
  var namesKnown = UInt32.max

  init(_ plan: ModulePlan) {
    queues = [Queue](repeating: Queue(), count: plan.ports.count)
    let hasQueues = plan.ports.contains { $0.isQueuing }
    messages = [Message](repeating: Message(), count: hasQueues ? plan.ports.count * Self.room : 0)
    identifiers = [UInt16](repeating: 0, count: plan.ports.isEmpty ? 0 : plan.partitions.count * Self.identifierCount)
  }

  /// The port that a partition means by an identifier.
  @inline(__always)
  func port(of partition: UInt8, identifier: UInt64) -> Int? {
    guard identifier < UInt64(Self.identifierCount), !identifiers.isEmpty else { return nil }
    let place = Int(identifiers[Int(partition) * Self.identifierCount + Int(identifier)])
    return place == 0 ? nil : place - 1
  }

  /// Whether a partition may mean a port by an identifier, by all that is known.
  @inline(__always)
  func mayMean(_ port: Int, by identifier: UInt64, _ partition: UInt8) -> Bool {
    guard let named = self.port(of: partition, identifier: identifier) else {
      return namesKnown & 1 << UInt32(partition) == 0
    }
    return named == port
  }

  mutating func name(_ identifier: UInt64, of partition: UInt8, port: Int) {
    guard identifier < UInt64(Self.identifierCount), !identifiers.isEmpty else { return }
    identifiers[Int(partition) * Self.identifierCount + Int(identifier)] = UInt16(truncatingIfNeeded: port + 1)
  }

  mutating func append(_ message: Message, to port: Int) {
    let place = (queues[port].head + queues[port].count) % Self.room
    messages[port * Self.room + place] = message
    queues[port].count += 1
  }

  mutating func removeFirst(of port: Int) -> Message {
    let message = messages[port * Self.room + queues[port].head]
    queues[port].head = (queues[port].head + 1) % Self.room
    queues[port].count -= 1
    return message
  }

  mutating func empty(_ port: Int) {
    queues[port].head = 0
    queues[port].count = 0
    queues[port].isKnown = true
  }

  /// The partition starts anew, or stops: its ports are gone, and what its queues held.
  mutating func restart(_ partition: UInt8, _ plan: ModulePlan) {
    for port in queues.indices where plan.ports[port].partition == partition { queues[port] = Queue() }
    namesKnown |= 1 << UInt32(partition)
    guard !identifiers.isEmpty else { return }
    for place in 0..<Self.identifierCount { identifiers[Int(partition) * Self.identifierCount + place] = 0 }
  }

  /// Forgets what a loss may have changed.
  mutating func forget() {
    for port in queues.indices {
      queues[port].isCreationKnown = queues[port].isCreated
      queues[port].isKnown = false
      queues[port].isOverflowKnown = false
      queues[port].isEmptyKnown = false
      queues[port].lastReceived = 0
    }
    for place in identifiers.indices { identifiers[place] = 0 }
    namesKnown = 0
  }
}

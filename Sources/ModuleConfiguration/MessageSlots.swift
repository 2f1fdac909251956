import APEXTypes

/// How many places for messages a queuing channel needs, found by adding its destinations one by one.
///
/// A message is kept once, however many destinations hold it. Destinations that hold back the sender all take every
/// message from their creation on, so what one of them holds is the tail of what another holds: together they need as
/// many places as the greatest of them. One that discards may hold messages that nobody else holds, so it needs places
/// of its own. One place is always there for a message that nobody takes.
public struct MessageSlots: Equatable, Sendable {
  private var greatestBlocking = 1
  private var discarding = 0

  /// A channel without destinations yet: one place.
  public init() {}

  /// Adds a destination that holds up to `messageCount` messages.
  public mutating func add(messageCount: UInt64, discardsWhenFull: Bool) {
    let count = Int(min(messageCount, UInt64(ModuleLimits.maximumQueuedMessages)))
    if discardsWhenFull { discarding += count } else { greatestBlocking = max(greatestBlocking, count) }
  }

  /// Places that the channel needs; `partita check` refuses more than `ModuleLimits.maximumMessageSlots`.
  public var needed: Int { greatestBlocking + discarding }

  /// Places that the channel gets.
  public var count: Int { min(needed, ModuleLimits.maximumMessageSlots) }
}

extension ModuleTable {
  /// Places for messages that a channel has in the kernel: one for the last message of a sampling channel.
  public func messageSlotCount(ofChannel channel: Int) -> Int {
    var slots = MessageSlots()
    for index in 0..<count(PortRecord.self) {
      let port = record(PortRecord.self, index)
      guard port.kind == .queuing, port.direction == .destination, port.channel == UInt64(channel) else { continue }
      slots.add(messageCount: port.maximumMessageCount, discardsWhenFull: port.discardsWhenFull)
    }
    return slots.count
  }
}

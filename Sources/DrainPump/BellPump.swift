import ModuleConfiguration

/// Tells a host that reads the ring in the machine's memory what is there, a chunk at a time (`DrainBell`).
///
/// A stroke comes when an eighth of the ring has records, when a second has passed since the last one and something
/// waits, or when the module has ended. Like `DrainPump` it may be stopped at any instruction and go on later.
public struct BellPump<Port: DrainPort>: ~Copyable {
  private let port: Port
  private let ringWords: UInt64
  private var strokes: UInt32 = 0
  /// Where the last chunk ends, and the one before it.
  private var end: UInt64 = 0
  private var endBefore: UInt64 = 0
  /// What the kernel may reuse.
  private var tail: UInt64 = 0
  private var lastStroke: UInt64

  /// Whether the last chunk is told of: nothing is left to do.
  public private(set) var isComplete = false

  /// Begins at the ring's first record; a stroke is due a second from now at the latest, if anything waits.
  ///
  /// - Parameter ringBytes: size of the ring, a power of two.
  public init(port: Port, ringBytes: UInt64) {
    self.port = port
    ringWords = ringBytes / 8
    lastStroke = port.nanoseconds
  }

  /// Tells of at most one chunk; whether it did.
  public mutating func step() -> Bool {
    guard !isComplete else { return false }
    // The end is read before the head: once it shows, the head is the last.
    let hasEnded = port.hasEnded
    let events = port.eventCount
    let head = port.head
    // Had the kernel been entered in between, the two would not belong together.
    guard port.eventCount == events else { return false }
    guard head != end else {
      isComplete = hasEnded
      return false
    }
    let isLate = port.nanoseconds &- lastStroke > DrainPump<Port>.patience
    guard hasEnded || isLate || head &- end >= ringWords / 8 else { return false }
    strike(head, events, flag: hasEnded || isLate ? DrainBell.flush : 0)
    // The chunk is given back two strokes later. Where it takes much of the ring they come at once, and tell of
    // nothing.
    while end &- tail > ringWords / 4 { strike(head, events, flag: 0) }
    return true
  }

  private mutating func strike(_ position: UInt64, _ events: UInt64, flag: UInt8) {
    strokes &+= 1
    port.note(strokes, endsAt: position, eventCount: events)
    var stroke = UInt8(truncatingIfNeeded: strokes) & DrainBell.numberMask | flag
    withUnsafeBytes(of: &stroke) { port.write($0) }
    port.publish(drainedBytes: UInt64(strokes))
    tail = endBefore
    port.publish(tail: tail)
    endBefore = end
    end = position
    lastStroke = port.nanoseconds
  }
}

/// The marks of one vector that wait at a vCPU, by the events that made them; upcalls serve the oldest first.
///
/// Memory is bounded: where more events made marks than are remembered, the later ones count as one.
public struct WaitingMarks<Origin: Sendable>: Sendable {
  private static var rememberedCount: Int { 64 }

  /// So many marks wait.
  public private(set) var count: UInt64 = 0
  private var made: [(origin: Origin, count: UInt64)] = []

  /// None waits.
  public init() {}

  /// What made the oldest mark that waits; nil where none does, or nobody knows.
  public var oldest: Origin? { made.first?.origin }

  /// What made the marks that wait, the oldest first.
  public var origins: [Origin] { made.map(\.origin) }

  /// An event made one mark or more: so many wait now, as it says.
  public mutating func add(_ origin: Origin, waiting: UInt64) {
    let added = max(1, waiting &- min(waiting, count))
    count = waiting
    if made.count < Self.rememberedCount {
      made.append((origin, added))
    } else {
      made[made.count - 1].count &+= added
    }
  }

  /// An upcall takes so many marks away.
  public mutating func serve(_ served: UInt64) {
    guard count > served else {
      self = WaitingMarks()
      return
    }
    count -= served
    var rest = served
    while let oldest = made.first, rest > 0 {
      if oldest.count > rest {
        made[0].count -= rest
        break
      }
      rest -= oldest.count
      made.removeFirst()
    }
  }
}

/// A queue of any length in little memory: its first and its last piece are there, those between are put aside.
///
/// What was recorded of a partition waits in it until the prediction comes to that. Under another module one partition
/// may be ahead of another by as much as the run is long.
final class SpillingQueue<Element> {
  private enum Piece {
    case aside(slot: Int, count: Int)
    /// Where there was no room for it.
    case here([Element])
  }

  private let room: SpillRoom?
  private var head: [Element] = []
  private var first = 0
  private var middle = FIFO<Piece>()
  private var tail: [Element] = []
  private(set) var count = 0

  private static var pieceCount: Int { max(1, SpillRoom.slotBytes / MemoryLayout<Element>.stride) }

  /// - Parameter room: where pieces are put aside; nil for a queue that stays in memory.
  init(room: SpillRoom?) {
    // Unsafe: elements are put aside as bytes, so nothing may be counted or freed with them.
    precondition(_isPOD(Element.self), "only plain values can be put aside")
    self.room = room
  }

  deinit {
    while let piece = middle.front {
      middle.removeFirst()
      if case .aside(let slot, _) = piece { room?.release(slot) }
    }
  }

  var isEmpty: Bool { count == 0 }

  func append(_ item: Element) {
    tail.append(item)
    count += 1
    guard let room, tail.count >= Self.pieceCount else { return }
    if let slot = tail.withUnsafeBytes({ room.put($0) }) {
      middle.append(.aside(slot: slot, count: tail.count))
    } else {
      middle.append(.here(tail))
    }
    tail.removeAll(keepingCapacity: true)
  }

  var front: Element? {
    // Asked much more often of an empty queue than there is something to take.
    guard count > 0 else { return nil }
    if first == head.count { refill() }
    return first < head.count ? head[first] : nil
  }

  /// Takes the front off, where there is one.
  func removeFirst() {
    guard front != nil else { return }
    first += 1
    count -= 1
  }

  private func refill() {
    head.removeAll(keepingCapacity: true)
    first = 0
    guard let piece = middle.front else {
      swap(&head, &tail)
      return
    }
    middle.removeFirst()
    switch piece {
    case .here(let items): head = items
    case .aside(let slot, let count): head = taken(slot, count)
    }
  }

  private func taken(_ slot: Int, _ count: Int) -> [Element] {
    guard let room else { return [] }
    return Array(unsafeUninitializedCapacity: count) { buffer, initializedCount in
      // Unsafe: the bytes are those of `count` elements that `append` put there.
      let place = UnsafeMutableRawBufferPointer(
        start: buffer.baseAddress, count: count * MemoryLayout<Element>.stride)
      room.take(slot, into: place)
      initializedCount = count
    }
  }
}

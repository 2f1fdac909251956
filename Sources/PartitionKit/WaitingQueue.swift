/// The processes of a partition that wait for the same thing, in the order in which they will get it.
///
/// The kernel's calls never wait: who waits, and in which order, is the partition's own business (ARINC 653 Part 1,
/// QUEUING_DISCIPLINE). Under `fifo` the order is that of arrival; under `priority` a greater priority comes first, and
/// equal ones in the order of arrival. The queue has a fixed size and needs no heap.
public struct WaitingQueue: Sendable {
  /// In which order the waiting are served.
  public enum Discipline: UInt8, Sendable {
    case fifo = 0
    case priority = 1
  }

  /// Somebody who waits.
  public struct Waiter: Equatable, Sendable {
    /// The partition's own number of the process.
    public var process: Int
    /// A greater number is served first.
    public var priority: Int

    public init(process: Int, priority: Int) {
      self.process = process
      self.priority = priority
    }
  }

  /// How many may wait at a time.
  public static let capacity = 32

  public let discipline: Discipline
  public private(set) var count = 0
  private var waiters = InlineArray<32, Waiter>(repeating: Waiter(process: 0, priority: 0))

  public init(_ discipline: Discipline) { self.discipline = discipline }

  public var isEmpty: Bool { count == 0 }

  /// Who is served next.
  public var first: Waiter? { count > 0 ? waiters[0] : nil }

  /// Adds one that begins to wait.
  ///
  /// - Returns: false if there is no room; nothing is changed then.
  public mutating func insert(_ waiter: Waiter) -> Bool {
    guard count < Self.capacity else { return false }
    var place = count
    while discipline == .priority, place > 0, waiters[place - 1].priority < waiter.priority {
      waiters[place] = waiters[place - 1]
      place -= 1
    }
    waiters[place] = waiter
    count += 1
    return true
  }

  /// Takes out the one that is served.
  public mutating func removeFirst() -> Waiter? {
    guard let first else { return nil }
    remove(at: 0)
    return first
  }

  /// Takes out one that waits no longer, for its time-out has passed or it has been stopped.
  ///
  /// - Returns: whether it was waiting.
  public mutating func remove(process: Int) -> Bool {
    for place in 0..<count where waiters[place].process == process {
      remove(at: place)
      return true
    }
    return false
  }

  private mutating func remove(at place: Int) {
    var place = place
    while place + 1 < count {
      waiters[place] = waiters[place + 1]
      place += 1
    }
    count -= 1
  }
}

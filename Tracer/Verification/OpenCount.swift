/// A count that partitions may ask for, and that no event tells otherwise.
///
/// Who judges a piece of a trace does not know what it was at the piece's beginning. The first answer that is given in
/// the piece says so, if it is right; whether it is, shows when the piece is joined to what came before.
struct OpenCount: BitwiseCopyable, Equatable {
  /// What it was where counting began: nothing at first.
  private(set) var start: UInt64 = 0
  private(set) var counted: UInt64 = 0
  /// Whether `start` is still to be found.
  private(set) var isOpen = false

  /// What it is. Who judges by it in a piece has called `assume` before, and has noted what was taken for granted.
  var value: UInt64 {
    precondition(!isOpen)
    return start &+ counted
  }

  init(_ value: UInt64 = 0) { start = value }

  mutating func add(_ number: UInt64) { counted &+= number }

  /// The piece begins: what was counted before is a guess.
  mutating func open() {
    self = OpenCount(start &+ counted)
    isOpen = true
  }

  /// Takes a start for granted: that by which the count is what was told, or the guess. Answers it.
  @discardableResult
  mutating func assume(told value: UInt64? = nil) -> UInt64 {
    isOpen = false
    if let value { start = value &- counted }
    return start
  }

  /// What the count was when the piece began is known now.
  mutating func close(at value: UInt64) {
    guard isOpen else { return }
    isOpen = false
    start = value
  }
}

/// A number for each line of the interrupt controllers.
struct LineCounts: BitwiseCopyable, Equatable {
  private var counts = InlineArray<16, UInt64>(repeating: 0)

  /// - Precondition: `line` is 0 … 15.
  subscript(line: Int) -> UInt64 {
    @inline(__always) get { counts[line] }
    @inline(__always) set { counts[line] = newValue }
  }

  static func == (one: LineCounts, other: LineCounts) -> Bool {
    for line in one.counts.indices where one[line] != other[line] { return false }
    return true
  }
}

/// One event of a trace. `EventKind` says what the fields mean.
public struct TraceEvent: Equatable, Sendable {
  /// Nanoseconds of the module's clock; never decreases within a trace.
  public var time: UInt64
  /// The raw kind: a reader passes over kinds that it does not know.
  public var kind: UInt8
  /// A partition index; 0xFF for none.
  public var partition: UInt8
  /// What the kind says, 0 where it says nothing.
  public var detail: UInt8
  /// What the kind says, 0 where it says nothing.
  public var operand: UInt32
  /// What the kind says; which are its own is not told here.
  public var words: Words

  /// Eight words; those beyond the event's own are 0.
  public struct Words: Equatable, Sendable {
    public var w0, w1, w2, w3, w4, w5, w6, w7: UInt64

    /// Words that are left out are 0.
    @inlinable public init(
      _ w0: UInt64 = 0, _ w1: UInt64 = 0, _ w2: UInt64 = 0, _ w3: UInt64 = 0, _ w4: UInt64 = 0, _ w5: UInt64 = 0,
      _ w6: UInt64 = 0, _ w7: UInt64 = 0
    ) {
      self.w0 = w0
      self.w1 = w1
      self.w2 = w2
      self.w3 = w3
      self.w4 = w4
      self.w5 = w5
      self.w6 = w6
      self.w7 = w7
    }

    /// - Precondition: `index` is 0 … 7.
    @inlinable public subscript(index: Int) -> UInt64 {
      get {
        switch index {
        case 0: w0
        case 1: w1
        case 2: w2
        case 3: w3
        case 4: w4
        case 5: w5
        case 6: w6
        case 7: w7
        default: preconditionFailure()
        }
      }
      set {
        switch index {
        case 0: w0 = newValue
        case 1: w1 = newValue
        case 2: w2 = newValue
        case 3: w3 = newValue
        case 4: w4 = newValue
        case 5: w5 = newValue
        case 6: w6 = newValue
        case 7: w7 = newValue
        default: preconditionFailure()
        }
      }
    }
  }

  /// An event of a raw kind, which a reader may not know; by default about no partition.
  @inlinable public init(
    time: UInt64, kind: UInt8, partition: UInt8 = 0xFF, detail: UInt8 = 0, operand: UInt32 = 0, words: Words = Words()
  ) {
    self.time = time
    self.kind = kind
    self.partition = partition
    self.detail = detail
    self.operand = operand
    self.words = words
  }

  /// An event of a known kind; by default about no partition.
  @inlinable public init(
    time: UInt64, _ kind: EventKind, partition: UInt8 = 0xFF, detail: UInt8 = 0, operand: UInt32 = 0,
    words: Words = Words()
  ) {
    self.init(
      time: time, kind: kind.rawValue, partition: partition, detail: detail, operand: operand, words: words)
  }

  /// The kind, or nil for one that this version does not know.
  @inlinable public var knownKind: EventKind? { EventKind(rawValue: kind) }
}

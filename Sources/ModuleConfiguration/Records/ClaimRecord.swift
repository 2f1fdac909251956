import APEXTypes

/// A claim that the module file adds to those that `partita verify` makes of every module.
public struct ClaimRecord: Equatable, Sendable {
  /// What a claim says of events.
  public enum Form: UInt64, Sendable {
    /// After an event like `first`, one like `second` comes within `bound` ns. A further `first` before the `second`
    /// changes nothing: time counts from the first of them.
    case within = 1
    /// No event like `first` ever comes.
    case never = 2
    /// From one major frame's start to the next at most `bound` events like `first` come.
    case atMost = 3
  }
  /// Which of the three the claim is of.
  public var form: Form
  /// Unique among the module's claims.
  public var name: NameReference
  /// What begins the time of `within`; of the other forms what is counted.
  public var first: EventPattern
  /// Of `within` alone; else equal to `first`.
  public var second: EventPattern
  /// Nanoseconds of `within`, events of `atMost`; 0 of `never`.
  public var bound: UInt64

  /// `second` equals `first`, and `bound` is 0, where the form has no use for them.
  public init(form: Form, name: NameReference, first: EventPattern, second: EventPattern, bound: UInt64) {
    self.form = form
    self.name = name
    self.first = first
    self.second = second
    self.bound = bound
  }
}

extension ClaimRecord: TableRecord {
  /// At most `ModuleLimits.maximumClaimCount`, in the module file's order.
  public static var section: ModuleSection { .claims }
  /// Nil where word 0 is no `Form`, or word 2 or 3 no `EventPattern`.
  public init?(_ word: (Int) -> UInt64) {
    guard let form = Form(rawValue: word(0)), let first = EventPattern(word: word(2)),
      let second = EventPattern(word: word(3))
    else { return nil }
    self.form = form
    name = NameReference(word: word(1))
    self.first = first
    self.second = second
    bound = word(4)
  }
  /// Five words: form, name, first, second, bound.
  public func write(_ put: (UInt64) -> Void) {
    put(form.rawValue)
    put(name.word)
    put(first.word)
    put(second.word)
    put(bound)
  }
}

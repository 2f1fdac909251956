import APEXTypes

/// A claim that the module file adds to those that `partita verify` makes of every module.
public struct ClaimRecord: Equatable, Sendable {
  public enum Form: UInt64, Sendable {
    /// After an event like `first`, one like `second` comes within `bound` ns. A further `first` before the `second`
    /// changes nothing: time counts from the first of them.
    case within = 1
    /// No event like `first` ever comes.
    case never = 2
    /// From one major frame's start to the next at most `bound` events like `first` come.
    case atMost = 3
  }
  public var form: Form
  /// Unique among the module's claims.
  public var name: NameReference
  public var first: EventPattern
  /// Of `within` alone; else equal to `first`.
  public var second: EventPattern
  /// Nanoseconds of `within`, events of `atMost`; 0 of `never`.
  public var bound: UInt64

  public init(form: Form, name: NameReference, first: EventPattern, second: EventPattern, bound: UInt64) {
    self.form = form
    self.name = name
    self.first = first
    self.second = second
    self.bound = bound
  }
}

extension ClaimRecord: TableRecord {
  public static var section: ModuleSection { .claims }
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
  public func write(_ put: (UInt64) -> Void) {
    put(form.rawValue)
    put(name.word)
    put(first.word)
    put(second.word)
    put(bound)
  }
}

/// Which of the claims about a module are judged.
///
/// Where there is any `choose`, only the claims that one of them matches are; none that an `except` matches. Claims
/// about the trace itself (`trace.…`) always are: whatever else is found out rests on them. The kernel does not read
/// it.
public struct ClaimChoiceRecord: Equatable, Sendable {
  /// What becomes of the claims that the pattern matches; `except` goes before `choose`.
  public enum Kind: UInt64, Sendable {
    case choose = 0
    case except = 1
  }
  /// An identifier, what lies below it, or a pattern with `*` and `?`.
  public var pattern: NameReference
  /// Whether the pattern chooses or excepts.
  public var kind: Kind

  /// A choice by a pattern of 1 … `ModuleLimits.maximumClaimPatternLength` bytes.
  public init(pattern: NameReference, kind: Kind) {
    self.pattern = pattern
    self.kind = kind
  }
}

extension ClaimChoiceRecord: TableRecord {
  /// At most `ModuleLimits.maximumClaimChoiceCount` of them, in the module file's order.
  public static var section: ModuleSection { .claimChoices }
  /// Nil where word 1 is no `Kind`.
  public init?(_ word: (Int) -> UInt64) {
    guard let kind = Kind(rawValue: word(1)) else { return nil }
    pattern = NameReference(word: word(0))
    self.kind = kind
  }
  /// Two words: pattern, kind.
  public func write(_ put: (UInt64) -> Void) {
    put(pattern.word)
    put(kind.rawValue)
  }
}

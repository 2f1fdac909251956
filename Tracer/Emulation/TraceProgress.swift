import APEXTypes

/// How far a trace has come, as the headers of its blocks tell.
public struct TraceProgress: Equatable, Sendable {
  /// When the last whole block begins, which may be long before it ends; the last event's time in a trace that has
  /// ended.
  public var virtualTime = SystemTime.zero
  /// Events in whole blocks.
  public var events = 0
  /// All that came, in whole blocks or not.
  public var bytes = 0
  /// Events that found no room in the kernel's ring.
  public var lost: UInt64 = 0
  /// Whole blocks.
  public var blocks = 0
  /// Whether the block that seals a whole trace has come.
  public var hasEnded = false
  /// Whether something stands where a block should begin. Then only `bytes` still grows.
  public var isGarbled = false

  /// Nothing has come.
  public init() {}
}

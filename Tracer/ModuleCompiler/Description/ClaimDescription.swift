import APEXTypes
import ModuleConfiguration

/// Claims that the module file chooses or excepts, by a pattern.
public struct ClaimChoiceDescription: Sendable {
  public var kind: ClaimChoiceRecord.Kind
  public var pattern: String
  public var line: Int
}

/// A claim that the module file adds.
public struct ClaimDescription: Sendable {
  /// Which events a claim is about, as the file says it.
  public struct Event: Sendable {
    /// As `partita dump` writes it.
    public var kind: String
    public var partitionIdentifier: UInt64?
    public var interruptLine: UInt64?
    public var portName: String?
    public var number: UInt64?
    public var detail: UInt64?
    public var line: Int
  }
  public var name: String
  public var form: ClaimRecord.Form
  public var boundTime: Nanoseconds?
  public var boundCount: UInt64?
  /// In the file's order: of `within` the one that starts the time, then the one that ends it.
  public var events: [Event]
  public var line: Int
}

import APEXTypes
import ModuleConfiguration

/// Claims that the module file chooses or excepts, by a pattern.
struct ClaimChoiceDescription: Sendable {
  var kind: ClaimChoiceRecord.Kind
  var pattern: String
  var line: Int
}

/// A claim that the module file adds.
struct ClaimDescription: Sendable {
  /// Which events a claim is about, as the file says it.
  struct Event: Sendable {
    /// As `partita dump` writes it.
    var kind: String
    var partitionIdentifier: UInt64?
    var interruptLine: UInt64?
    var portName: String?
    var number: UInt64?
    var detail: UInt64?
    var line: Int
  }
  var name: String
  var form: ClaimRecord.Form
  var boundTime: Nanoseconds?
  var boundCount: UInt64?
  /// In the file's order: of `within` the one that starts the time, then the one that ends it.
  var events: [Event]
  var line: Int
}

/// A port whose queue was full, and discarded messages as the module file says.
public struct PortDiscards: Sendable, Equatable {
  /// The port's name.
  public var port: String
  /// The name of the partition whose port it is.
  public var partition: String
  /// How many it discarded.
  public var messages: UInt64
}

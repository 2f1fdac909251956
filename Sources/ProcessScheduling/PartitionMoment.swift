import APEXTypes

/// What the scheduler of processes is told of the world when it decides: nothing else that it does not remember itself.
public struct PartitionMoment: Equatable, Sendable {
  /// The time on the module's clock.
  public var now: SystemTime
  /// Start of the partition's period that runs now; zero until one has begun since the partition started.
  public var periodStart: SystemTime
  /// The partition's period; zero where it has none.
  public var period: Nanoseconds
  /// Whether the partition is in NORMAL mode, where nothing is created any more.
  public var isNormal: Bool
  /// Whether the handler of an upcall runs: what it makes ready goes on when it is over.
  public var isInUpcall: Bool

  /// `PartitionKit` reads it anew for each call, tests make it up.
  @inlinable public init(
    now: SystemTime, periodStart: SystemTime, period: Nanoseconds, isNormal: Bool, isInUpcall: Bool
  ) {
    self.now = now
    self.periodStart = periodStart
    self.period = period
    self.isNormal = isNormal
    self.isInUpcall = isInUpcall
  }
}

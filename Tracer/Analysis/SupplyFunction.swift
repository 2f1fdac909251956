import APEXTypes

/// The time that a partition is sure to have between two instants, from its windows in a major frame that repeats.
///
/// A window supplies [start, end − L), less what foreign lines may steal of it. Stolen time is taken where it hurts
/// most: first, at the window's start or, where an interval begins inside the window, at the interval's beginning.
/// All instants are nanoseconds; 0 is the start of a major frame. The model is that of Mok's periodic resource with
/// explicit windows, so it is exact for the schedule and not an envelope of it.
public struct SupplyFunction: Equatable, Sendable {
  /// One window's part of the supply, in ns within the major frame.
  public struct Window: Equatable, Sendable {
    /// From when on the partition has the processor.
    public var start: UInt64
    /// The window's end less L.
    public var end: UInt64
    /// What foreign lines may take of it.
    public var stolen: UInt64

    /// - Parameter stolen: 0 where foreign lines wait for their owners' windows.
    public init(start: UInt64, end: UInt64, stolen: UInt64 = 0) {
      self.start = start
      self.end = end
      self.stolen = stolen
    }

    /// What the window is sure to supply.
    var supply: UInt64 { end > start && end - start > stolen ? end - start - stolen : 0 }
  }

  /// In order of starts, not overlapping, each with a supply.
  public let windows: [Window]
  /// After so many ns the windows come round again.
  public let majorFrame: UInt64

  /// - Parameter windows: not overlapping, within the major frame; those that supply nothing are left out.
  public init(windows: [Window], majorFrame: UInt64) {
    self.windows = windows.filter { $0.supply > 0 }.sorted { $0.start < $1.start }
    self.majorFrame = majorFrame
  }

  /// What every major frame supplies.
  public var perFrame: UInt64 { windows.reduce(0) { $0 + $1.supply } }

  /// The instant at which `demand` ns have been supplied since `instant`; nil where no window ever supplies anything.
  public func completion(of demand: UInt64, from instant: UInt64) -> UInt64? {
    guard demand > 0 else { return instant }
    let perFrame = self.perFrame
    guard perFrame > 0 else { return nil }
    var rest = demand
    var frameStart = instant - instant % majorFrame
    // The frame that the interval begins in is walked by itself, whole ones are skipped, and the last one is walked.
    if let end = Self.walk(windows, &rest, frameStart: frameStart, from: instant) { return end }
    frameStart += majorFrame
    let skipped = (rest - 1) / perFrame
    frameStart += skipped * majorFrame
    rest -= skipped * perFrame
    return Self.walk(windows, &rest, frameStart: frameStart, from: frameStart)
  }

  private static func walk(
    _ windows: [Window], _ rest: inout UInt64, frameStart: UInt64, from instant: UInt64
  ) -> UInt64? {
    for window in windows {
      let begin = max(frameStart + window.start, instant) + window.stolen
      let end = frameStart + window.end
      guard begin < end else { continue }
      if rest <= end - begin { return begin + rest }
      rest -= end - begin
    }
    return nil
  }

  /// Where an interval gets least: where a window has nothing more to give.
  var worstBeginnings: [UInt64] { windows.map { max($0.start, $0.end - $0.stolen) } }

  /// The longest time in which `demand` ns are supplied, whenever the interval begins; nil where there is no supply.
  public func longestTime(toSupply demand: UInt64) -> UInt64? {
    worstBeginnings.compactMap { begin in completion(of: demand, from: begin).map { $0 - begin } }.max()
  }

  /// The longest time without the CPU.
  public var longestBlackout: UInt64? { longestTime(toSupply: 1).map { $0 - 1 } }
}

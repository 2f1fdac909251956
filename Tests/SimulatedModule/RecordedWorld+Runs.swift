import TraceFormat

extension RecordedWorld {
  /// The first run of a seed behind `seed` in which there is what the caller looks at, and its seed.
  ///
  /// Worlds please themselves: now and then one ends its module early, or its partitions never talk.
  public static func run(
    _ module: SimulatedModule, after seed: UInt64, until stop: UInt64 = .max, inputs limit: Int = .max,
    where isFit: ([TraceEvent]) -> Bool
  ) -> (seed: UInt64, events: [TraceEvent]) {
    for offset in 1...200 as ClosedRange<UInt64> {
      let events = RecordedWorld(module, seed: seed + offset).run(until: stop, inputs: limit)
      if isFit(events) { return (seed + offset, events) }
    }
    preconditionFailure("no fit run of 200 behind seed \(seed)")
  }
}

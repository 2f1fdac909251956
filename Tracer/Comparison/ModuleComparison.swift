import ModuleConfiguration

/// What two module tables differ in: in nothing, in what is played from outside, or in the module itself.
public struct ModuleComparison: Sendable {
  /// Whether the tables say the same, but for their stimuli.
  public let haveSameModule: Bool
  /// Whether they say the same, but for their stimuli, or but for how the trace is written.
  public let makeSameRun: Bool
  /// Whether the same is played to both, in the same order.
  public let haveSameStimulus: Bool
  /// What is played to the first module alone, in order.
  public let onlyOne: [StimulusRecord]
  /// What is played to the second alone.
  public let onlyOther: [StimulusRecord]
  /// How many stimuli each table lists.
  public let counts: (one: Int, other: Int)

  /// Compares what the tables say; neither is needed afterwards.
  public init(_ one: ModuleTable, _ other: ModuleTable) {
    haveSameModule =
      one.checksum == other.checksum
      || one.imageIdentity == other.imageIdentity && Self.rest(of: one) == Self.rest(of: other)
    makeSameRun = haveSameModule || one.makesSameRun(as: other)
    let (left, right) = (Self.stimuli(of: one), Self.stimuli(of: other))
    counts = (left.count, right.count)
    haveSameStimulus = left == right
    onlyOne = haveSameStimulus ? [] : Self.surplus(of: left, over: right)
    onlyOther = haveSameStimulus ? [] : Self.surplus(of: right, over: left)
  }

  private static func stimuli(of table: ModuleTable) -> [StimulusRecord] {
    (0..<table.count(StimulusRecord.self)).map { table.record(StimulusRecord.self, $0) }
  }

  /// What is more often in a list than in another.
  private static func surplus(of list: [StimulusRecord], over other: [StimulusRecord]) -> [StimulusRecord] {
    func key(_ record: StimulusRecord) -> [UInt64] { [record.time.nanoseconds, record.action.rawValue, record.data] }
    var left: [[UInt64]: Int] = [:]
    for record in other { left[key(record), default: 0] += 1 }
    return list.filter { record in
      left[key(record), default: 0] -= 1
      return left[key(record), default: 0] < 0
    }
  }

  /// The sections without that of stimuli, each as its number, its records' length and its words.
  private static func rest(of table: ModuleTable) -> [[UInt64]] {
    func word(_ index: Int) -> UInt64 {
      UInt64(littleEndian: table.bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
    }
    // The table was opened, so all of this lies within it.
    return (0..<Int(word(6))).compactMap { section -> [UInt64]? in
      let entry = ModuleTableLayout.headerWordCount + section * ModuleTableLayout.directoryWordCount
      let (number, stride, first) = (word(entry), Int(word(entry + 1)), Int(word(entry + 3)) / 8)
      guard number != ModuleSection.stimuli.rawValue else { return nil }
      var words = (first..<(first + stride * Int(word(entry + 2)))).map(word)
      if number == ModuleSection.segments.rawValue { takeAsPlacedAlike(&words, stride) }
      return [number, UInt64(stride)] + words
    }
  }

  /// Counts the places of segments in the image from the first one's: a longer list of stimuli moves them all.
  private static func takeAsPlacedAlike(_ words: inout [UInt64], _ stride: Int) {
    let places = Swift.stride(from: 0, to: words.count, by: stride).filter { stride > 4 && words[$0 + 4] > 0 }
    let first = places.map { words[$0 + 3] }.min() ?? 0
    for place in places { words[place + 3] -= first }
  }
}

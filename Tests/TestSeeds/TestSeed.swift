import Foundation

/// The seed of a random test.
///
/// By itself `swift test` draws another at each run. `Tools/test` sets `PARTITA_SEED`, which decides all seeds: by
/// default it stands for the commit's code, so that every change is tried with seeds of its own, and whoever tries the
/// same change again tries the same thing. A test prints its seed when it fails; `PARTITA_SEED` brings it back.
public enum TestSeed {
  /// At most half of what is possible, so that a test can count on from it.
  ///
  /// The place of the call tells a test's seed from the others'.
  public static func draw(file: String = #fileID, line: Int = #line) -> UInt64 {
    let setting = ProcessInfo.processInfo.environment["PARTITA_SEED"] ?? ""
    return draw(by: setting, at: "\(file):\(line)")
  }

  /// What `setting` decides for the test at `place`; an empty one leaves it to chance.
  static func draw(by setting: String, at place: String) -> UInt64 {
    if setting.isEmpty { return UInt64.random(in: 0...UInt64.max / 2) }
    // FNV-1a, then mixed, for two places differ in their last digits only.
    let hash = "\(setting) \(place)".utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    var generator = SeededGenerator(seed: hash)
    return generator.next() / 2
  }
}

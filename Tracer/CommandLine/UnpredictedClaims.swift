import ModuleConfiguration
import TraceFormat
import TraceReading

/// A module's own claims about events that a prediction has not, or has otherwise than a capture: nobody can say by it
/// whether they hold.
///
/// When the drainer moves its tail is not predicted. What a stimulus file plays comes as the interrupts that were
/// recorded of it: without the stimuli themselves, and without the timer that is set for them.
struct UnpredictedClaims {
  /// Identifiers, each with its kinds of events that are not predicted.
  private(set) var kinds: [(identifier: String, names: String)] = []

  /// - Parameters:
  ///   - table: the other module.
  ///   - hasPlayed: whether the recorded run played stimuli.
  init(of table: ModuleTable, hasPlayed: Bool) {
    var absent: [EventKind] = [.drained]
    if hasPlayed, table.count(StimulusRecord.self) == 0 { absent += [.stimulus, .timer, .timerArmed] }
    for index in 0..<table.count(ClaimRecord.self) {
      let claim = table.record(ClaimRecord.self, index)
      let own = absent.filter { $0 == claim.first.kind || $0 == claim.second.kind }
      guard !own.isEmpty else { continue }
      kinds.append(
        ("custom.\(TraceVocabulary.text(table, claim.name))", own.map { "\($0)" }.joined(separator: ", ")))
    }
  }

  func contains(_ identifier: String) -> Bool { kinds.contains { $0.identifier == identifier } }

  /// Why they are unknown, in words.
  var weaknesses: [String] { kinds.map { "\($0.identifier) is about events that are not predicted: \($0.names)" } }
}

import TraceReading

/// A row of the page's timeline.
struct TimelineLane: Hashable {
  enum Group: String, CaseIterable {
    /// Nanoseconds in ring 3.
    case run
    case interrupt, mark, upcall, hypercall, process, health
    /// Times that a claim was violated.
    case violation
  }
  /// The violated claims that have no lane of their own.
  static let otherClaims = 0xFF

  var group: Group
  /// The partition, the vector of an interrupt, the index of a process, or the place of a claim among those violated.
  var subject: Int

  /// - Parameters:
  ///   - processes: names, by index.
  ///   - claims: identifiers of those violated, by place.
  func label(_ vocabulary: TraceVocabulary, processes: [String], claims: [String]) -> String {
    switch group {
    case .interrupt: TraceVocabulary.vector(UInt64(subject))
    case .process: subject < processes.count ? processes[subject] : "process \(subject)"
    case .violation: subject < claims.count ? claims[subject] : "other claims"
    case .run where subject == 0xFF: "idle loop"
    case .health where subject == 0xFF: "module"
    default: vocabulary.partition(UInt8(truncatingIfNeeded: subject))
    }
  }
}

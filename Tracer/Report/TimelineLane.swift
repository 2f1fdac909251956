import TraceReading

/// A row of the page's timeline.
struct TimelineLane: Hashable {
  enum Group: String, CaseIterable {
    /// Nanoseconds in ring 3.
    case run
    case interrupt, mark, upcall, hypercall, process, health
  }
  var group: Group
  /// The partition, the vector of an interrupt, or the index of a process.
  var subject: Int

  func label(_ vocabulary: TraceVocabulary, processes: [String]) -> String {
    switch group {
    case .interrupt: TraceVocabulary.vector(UInt64(subject))
    case .process: subject < processes.count ? processes[subject] : "process \(subject)"
    case .run where subject == 0xFF: "idle loop"
    case .health where subject == 0xFF: "module"
    default: vocabulary.partition(UInt8(truncatingIfNeeded: subject))
    }
  }
}

import TraceFormat

/// When the partitions of a run got their first instants in ring 3, window by window.
struct WindowStarts {
  struct Place: Hashable, Comparable {
    var partition: String
    /// The window's nominal start, ns from the first major frame's.
    var nominal: UInt64

    static func < (one: Place, other: Place) -> Bool { (one.nominal, one.partition) < (other.nominal, other.partition) }
  }

  /// From a window to the first instant at which its partition ran in it, ns after the first major frame's start.
  ///
  /// That instant is what the partition's first entry into the kernel tells: the time of the event before it and the
  /// entry's resume delay. A window in which the partition never ran, or in which its memory was made first, is not
  /// there.
  let resumes: [Place: UInt64]

  init(_ run: CapturedRun, of names: Set<String>) {
    var resumes: [Place: UInt64] = [:]
    var origin: UInt64?
    var awaited: (partition: UInt8, place: Place)?
    var previous: UInt64 = 0
    for event in run.events {
      defer { previous = event.time }
      switch event.knownKind {
      case .majorFrameStart where origin == nil: origin = event.words.w0
      case .windowStart:
        let name = run.partitions[Int(event.partition)]
        let place = Place(partition: name, nominal: event.words.w0 - (origin ?? 0))
        awaited = names.contains(name) ? (event.partition, place) : nil
      case .memoryPiece where awaited?.partition == event.partition: awaited = nil
      case .interrupt, .timer, .hypercall, .exception:
        guard let (partition, place) = awaited, event.partition == partition else { break }
        resumes[place] = previous + EntrySnapshot(event).resumeDelay - (origin ?? 0)
        awaited = nil
      default: break
      }
    }
    self.resumes = resumes
  }
}

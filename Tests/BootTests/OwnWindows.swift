import TraceFormat

/// What one partition met, window by window: its own events inside its own windows, and the marks made for it outside.
///
/// Two runs are compared by it. Everything that a partition can notice is kept, with its instant; left out is what
/// belongs to whoever has the CPU before and after:
/// - before the partition's first instant in its window, the kernel makes the switch: the partition's own events are
///   kept
///   without their instants, without the partition that the switch came from, and without what was left of the pad;
///   masks, lines of others and keyframes that fall into the switch are not its matter, and a mark made for it there
///   counts as made outside;
/// - after it has given the CPU back, what the drainer does in the rest of the window;
/// - an entry's resume delay counts from an event before; the instant that it leads to is kept in its place.
struct OwnWindows: Equatable {
  /// An event as far as it is the partition's own matter.
  struct Matter: Equatable {
    var kind: UInt8
    var partition: UInt8
    var detail: UInt8
    var operand: UInt32
    var words: TraceEvent.Words
    /// Nanoseconds of the module's clock; nil where the partition does not run.
    var time: UInt64?
    /// The instant at which the CPU had gone to ring 3 before this entry.
    var resumed: UInt64?
  }
  struct Window: Equatable {
    var index: UInt32
    var nominal: UInt64
    var matters: [Matter] = []
  }

  private(set) var windows: [Window] = []
  /// Vectors marked for the partition between two of its windows, in order; the first before its first window.
  private(set) var marksOutside: [[UInt32]] = [[]]
  /// Whether the last window came to its end.
  private(set) var isLastWhole = true

  /// Where the CPU is, as far as the partition is concerned.
  private enum Place {
    /// In somebody else's window, or in idle time.
    case outside
    /// In its own window, before its first instant there.
    case entering
    case running
    /// In its own window, which it has given back.
    case given
  }

  /// - Parameter from: windows that begin before this instant are left out, and the marks before them.
  init(_ events: [TraceEvent], of partition: UInt8, from: UInt64 = 0) {
    var place = Place.outside
    var previous: UInt64 = 0
    for event in events {
      defer { previous = event.time }
      let isOwn = event.partition == partition
      if isOwn, event.knownKind == .windowStart, event.words.w0 >= from {
        windows.append(Window(index: event.operand, nominal: event.words.w0))
        place = .entering
      }
      let isEntry = event.knownKind?.eventClass == .input && event.knownKind != .stimulus
      if isEntry, place != .outside { place = isOwn ? .running : place == .running ? .given : place }
      if isOwn, event.knownKind == .mark, place != .running {
        if event.time >= from { marksOutside[marksOutside.count - 1].append(event.operand) }
        continue
      }
      guard place != .outside, isOwn || place == .running else { continue }
      if let matter = Self.matter(event, isEntry: isEntry, after: previous, isRunning: place == .running) {
        windows[windows.count - 1].matters.append(matter)
      }
      if isOwn, event.knownKind == .windowEnd {
        place = .outside
        marksOutside.append([])
      }
    }
    isLastWhole = place == .outside
  }

  private static func matter(
    _ event: TraceEvent, isEntry: Bool, after previous: UInt64, isRunning: Bool
  ) -> Matter? {
    // What the drainer has written is the trace's own matter, and so are keyframes and losses.
    if event.knownKind == .drained { return nil }
    if let kindClass = event.knownKind?.eventClass, kindClass == .state || kindClass == .control { return nil }
    var matter = Matter(
      kind: event.kind, partition: event.partition, detail: event.detail, operand: event.operand, words: event.words)
    if isRunning { matter.time = event.time }
    switch event.knownKind {
    case .partitionSwitch where !isRunning: matter.detail = 0
    case .padded: matter.words.w1 = 0
    case _ where isEntry:
      matter.resumed = previous + EntrySnapshot(event).resumeDelay
      matter.words.w1 = 0
    default: break
    }
    return matter
  }

  /// The windows before `end`, and the marks before them: to compare with a run that ended earlier.
  func before(_ end: UInt64) -> OwnWindows {
    var result = self
    result.windows = windows.filter { $0.nominal < end }
    result.marksOutside = Array(marksOutside.prefix(result.windows.count))
    return result
  }

  /// The first difference in words, nil if there is none.
  func difference(from other: OwnWindows) -> String? {
    for (one, another) in zip(windows, other.windows) where one != another {
      guard one.index == another.index, one.nominal == another.nominal else {
        return "window \(one.index) at \(one.nominal) against window \(another.index) at \(another.nominal)"
      }
      let pair = zip(one.matters, another.matters).first { $0.0 != $0.1 }
      let place = "in window \(one.index) at \(one.nominal) ns: "
      if let (mine, its) = pair { return place + "\(mine) against \(its)" }
      return place + "\(one.matters.count) events against \(another.matters.count)"
    }
    if windows.count != other.windows.count { return "\(windows.count) windows against \(other.windows.count)" }
    for (index, (one, another)) in zip(marksOutside, other.marksOutside).enumerated() where one != another {
      return "before window number \(index): marks \(one) against \(another)"
    }
    return nil
  }
}

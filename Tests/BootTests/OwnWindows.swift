import TraceFormat

/// What one partition met, window by window: its own events inside its own windows, and the marks made for it outside.
///
/// Two runs are compared by it. Everything that a partition can notice is kept, with its instant; left out is what
/// belongs to whoever had the CPU before:
/// - before the partition's first instant in its window, the kernel makes the switch: its events are kept without their
///   instants, without the partition that the switch came from, and without what was left of the pad;
/// - an entry's resume delay counts from an event before; the instant that it leads to is kept in its place, but not
///   for entries from the drainer: that it gets the CPU back later when it has moved its tail is its own matter.
struct OwnWindows: Equatable {
  /// An event as far as it is the partition's own matter.
  struct Matter: Equatable {
    var kind: UInt8
    var partition: UInt8
    var detail: UInt8
    var operand: UInt32
    var words: TraceEvent.Words
    /// Nanoseconds of the module's clock; nil before the partition's first instant.
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

  init(_ events: [TraceEvent], of partition: UInt8) {
    var isOpen = false
    var hasRun = false
    var previous: UInt64 = 0
    for event in events {
      defer { previous = event.time }
      if event.knownKind == .windowStart, event.partition == partition {
        windows.append(Window(index: event.operand, nominal: event.words.w0))
        isOpen = true
        hasRun = false
      }
      guard isOpen else {
        if event.knownKind == .mark, event.partition == partition {
          marksOutside[marksOutside.count - 1].append(event.operand)
        }
        continue
      }
      let isEntry = event.knownKind?.eventClass == .input && event.knownKind != .stimulus
      if isEntry, event.partition == partition { hasRun = true }
      let isOwn = event.partition == partition
      if let matter = Self.matter(event, isEntry: isEntry, isOwn: isOwn, after: previous, hasRun: hasRun) {
        windows[windows.count - 1].matters.append(matter)
      }
      if event.knownKind == .windowEnd, event.partition == partition {
        isOpen = false
        marksOutside.append([])
      }
    }
  }

  private static func matter(
    _ event: TraceEvent, isEntry: Bool, isOwn: Bool, after previous: UInt64, hasRun: Bool
  ) -> Matter? {
    // What the drainer has written is the trace's own matter; it differs because the traces do.
    guard event.knownKind != .drained else { return nil }
    var matter = Matter(
      kind: event.kind, partition: event.partition, detail: event.detail, operand: event.operand, words: event.words)
    if hasRun { matter.time = event.time }
    switch event.knownKind {
    case .partitionSwitch where !hasRun: matter.detail = 0
    case .padded: matter.words.w1 = 0
    case _ where isEntry:
      if isOwn { matter.resumed = previous + event.words.w1 }
      matter.words.w1 = 0
    default: break
    }
    return matter
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

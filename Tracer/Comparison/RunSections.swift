import TraceFormat
import TraceReading

/// A stretch of a run that has a counterpart in another one: what happened from one window's start to the next.
struct RunSection {
  /// Where it belongs: the number of its major frame + 1, the place of its window among those that both runs' frames
  /// have, and which piece of a very long stretch it is. All 0 before the first frame.
  struct Key: Comparable {
    var frame: UInt64
    var window: Int
    var piece: Int

    /// That of the piece behind it.
    var nextPiece: Key { Key(frame: frame, window: window, piece: piece + 1) }

    static func < (one: Key, other: Key) -> Bool {
      (one.frame, one.window, one.piece) < (other.frame, other.window, other.piece)
    }
  }
  var key: Key
  /// Windows begun in the frame.
  var window = 0
  /// Whose window it is, 0xFF for none.
  var owner: UInt8 = 0xFF
  /// Nominal start of the major frame, in ns: instants are compared from here.
  var origin: UInt64
  /// Position of the first event.
  var first: UInt64
  var events: [TraceEvent] = []
  /// Events are missing at its end.
  var hasGap = false
  /// Events are missing right before it, and with them perhaps whole sections.
  var followsGap = false
}

/// Cuts a trace into sections, one at a time.
///
/// After a place where events are missing nobody knows which window runs: what follows up to the next major frame's
/// start is in no section.
struct RunSections {
  /// A longer section is cut: where nothing is alike, pairing takes memory by the square of this.
  static let maximumEventCount = 1024
  /// So many events behind the last pair of a piece are looked for in the next one.
  static let carriedEventCount = 512

  let reader: TraceReader
  /// For each schedule the place of each window among those of both runs, and that of what would follow.
  private let places: [[Int]]
  private var waiting: ArraySlice<TraceEvent> = []
  private var position: UInt64 = 0
  private var open: RunSection?
  /// The schedule of the open section's frame.
  private var schedule = 0
  /// Events are missing, and no frame has started since.
  private var isLost = false
  /// The run's end has come, and nothing behind it.
  private var hasEnded = false
  /// Whether what follows the last section is missing: the trace was not read to its end event.
  private(set) var endsInGap = false

  init(_ reader: TraceReader, places: [[Int]]) {
    self.reader = reader
    self.places = places
  }

  /// The next section; nil at the end.
  mutating func next() -> RunSection? {
    while true {
      while let event = waiting.first {
        waiting.removeFirst()
        defer { position &+= 1 }
        if let done = take(event) { return done }
      }
      switch reader.nextBatch() {
      case .events(let first, let events):
        position = first
        waiting = events[...]
        if let last = events.last { hasEnded = last.knownKind == .end }
      case .gap:
        hasEnded = false
        if let cut = lose() { return cut }
      case nil:
        endsInGap = endsInGap || isLost || !hasEnded
        if endsInGap { open?.hasGap = true }
        defer { open = nil }
        return open
      }
    }
  }

  /// Events are missing from here on; answers the open section.
  private mutating func lose() -> RunSection? {
    isLost = true
    open?.hasGap = true
    defer { open = nil }
    return open
  }

  /// Adds an event to the open section; answers that one where the event begins another.
  private mutating func take(_ event: TraceEvent) -> RunSection? {
    var next: RunSection?
    switch event.knownKind {
    case .majorFrameStart:
      schedule = Int(event.detail)
      next = RunSection(
        key: .init(frame: UInt64(event.operand) + 1, window: 0, piece: 0), origin: event.words.w0, first: position)
    case .loss: return lose()
    case _ where isLost: return nil
    case .windowStart:
      next = follow(window: 1, at: event.time)
      next?.owner = event.partition
    default: break
    }
    if next == nil, open == nil || open.map({ $0.events.count >= Self.maximumEventCount }) == true {
      next = follow(window: 0, at: event.time)
    }
    guard var begun = next else {
      open?.events.append(event)
      return nil
    }
    begun.followsGap = isLost
    isLost = false
    begun.events = [event]
    defer { open = begun }
    return open
  }

  /// The section after the open one. Before the first frame, instants are counted from the first event.
  private func follow(window step: Int, at time: UInt64) -> RunSection {
    guard let open else {
      return RunSection(key: .init(frame: 0, window: step, piece: 0), window: step, origin: time, first: position)
    }
    let piece = step == 0 ? open.key.piece + 1 : 0
    let window = open.window + step
    return RunSection(
      key: .init(frame: open.key.frame, window: place(of: window, in: open.key.frame), piece: piece), window: window,
      owner: open.owner, origin: open.origin, first: position)
  }

  /// Behind a schedule's windows, and before the first frame, they are counted.
  private func place(of window: Int, in frame: UInt64) -> Int {
    guard frame > 0, window > 0, places.indices.contains(schedule), let end = places[schedule].last else {
      return window
    }
    let count = places[schedule].count - 1
    return window <= count ? places[schedule][window - 1] : end + (window - count - 1)
  }
}

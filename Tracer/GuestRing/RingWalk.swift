import TraceFormat

/// The way through a ring's records from one word to the head, past those that are spoilt.
///
/// A record tells only by its length where the next begins. So behind spoilt ones the way goes on at the first word
/// from which whole records, in the order of time, lead to a mark: a word where kernel or drainer say that a record
/// begins.
struct RingWalk {
  /// Whole records one behind the other.
  struct Stretch {
    let start: UInt64
    /// Where the records begin.
    var places: [UInt64] = []
    /// The word behind the last.
    var end: UInt64
    /// No record is earlier than this.
    let earliest: UInt64
    fileprivate var lastKind: EventKind?

    fileprivate init(start: UInt64, earliest: UInt64) {
      (self.start, self.earliest) = (start, earliest)
      end = start
    }

    fileprivate func lastTime(_ ring: RingSnapshot) -> UInt64 { places.last.map { ring[$0] } ?? earliest }

    fileprivate mutating func append(_ place: UInt64, _ record: RingSnapshot.Record) {
      places.append(place)
      (end, lastKind) = (record.next, record.kind)
    }

    mutating func removeLast() {
      if let place = places.popLast() { end = place }
      lastKind = nil
    }
  }

  /// In their order; those without a record are left out.
  private(set) var stretches: [Stretch] = []
  let start: UInt64
  let end: UInt64
  private let ring: RingSnapshot
  private let marks: Set<UInt64>
  private let isInterrupted: () -> Bool
  private var steps = 0
  /// Whether it ended before the head, since it was asked to.
  private(set) var wasInterrupted = false
  private var open: Stretch
  private var resumption: Resumption?

  /// Whether every word from the start to the head is of a whole record.
  var isIntact: Bool {
    start == end || stretches.count == 1 && stretches[0].start == start && stretches[0].end == end
  }

  /// - Parameters:
  ///   - time: no record is earlier, ns.
  ///   - isInterrupted: asked now and then; true ends the walk.
  init(
    _ ring: RingSnapshot, from start: UInt64, notBefore time: UInt64, isInterrupted: @escaping () -> Bool
  ) {
    (self.ring, self.start, end) = (ring, start, ring.end)
    self.isInterrupted = isInterrupted
    marks = Set((ring.drained.map(\.position) + [ring.published.position, ring.end]).filter { $0 > start })
    open = Stretch(start: start, earliest: time)
    var place = start
    while place < end, goesOn() {
      if let record = record(at: place) {
        open.append(place, record)
        place = record.next
        continue
      }
      let spoilt = leaveOutLateEnd() ?? spoiltPlace(at: place)
      let earliest = open.lastTime(ring)
      close()
      guard let next = resume(behind: spoilt, notBefore: earliest) else { return }
      open = Stretch(start: next, earliest: earliest)
      place = next
    }
    _ = leaveOutLateEnd()
    close()
  }

  /// Counts a step, and asks after many.
  private mutating func goesOn() -> Bool {
    if steps & 0xFFFF == 0, isInterrupted() { wasInterrupted = true }
    steps &+= 1
    return !wasInterrupted
  }

  private mutating func close() {
    if !open.places.isEmpty { stretches.append(open) }
  }

  /// The record at a word if it can follow those of the open stretch.
  private mutating func record(at place: UInt64) -> RingSnapshot.Record? {
    guard let record = ring.record(at: place), ring[place] >= open.lastTime(ring) else { return nil }
    // Words of a keyframe may be lost before its end, nothing else comes there.
    if record.kind == .keyframe, let before = open.lastKind, before != .keyframeWords, before != .loss { return nil }
    // One that reaches over a mark from which records lead on says a wrong length.
    for word in place + 1..<record.next where marks.contains(word) {
      if word == end || leads(from: word) { return nil }
    }
    return record
  }

  /// Which record is spoilt where the one at `place` does not follow: that one, or the one before, which is taken back.
  private mutating func spoiltPlace(at place: UInt64) -> UInt64 {
    guard let last = open.places.last else { return place }
    let before = open.places.dropLast().last.map { ring[$0] } ?? open.earliest
    // The one before is too late, or too long: the true way goes on at this one, or within that.
    let isTooLate = ring.record(at: place) != nil && ring[place] < ring[last] && ring[place] >= before
    guard isTooLate || (last + 2..<place).contains(where: { ring[$0] >= before && leads(from: $0) }) else {
      return place
    }
    open.removeLast()
    return last
  }

  /// Leaves out a last record whose time is so late that the records between would have to be there.
  ///
  /// - Returns: where it was; nil where nothing was left out.
  private mutating func leaveOutLateEnd() -> UInt64? {
    guard let last = open.places.last, open.lastKind != .end, open.places.count > 1 || open.earliest > 0
    else { return nil }
    let before = open.places.dropLast().last.map { ring[$0] } ?? open.earliest
    guard ring[last] - before > ring.rules.longestSilence else { return nil }
    open.removeLast()
    return last
  }

  // MARK: Behind spoilt records

  private mutating func leads(from place: UInt64) -> Bool {
    if resumption == nil {
      resumption = Resumption(ring, from: max(start, open.places.last ?? start), marks, isInterrupted)
    }
    return resumption?.leads(from: place) ?? false
  }

  private mutating func resume(behind spoilt: UInt64, notBefore time: UInt64) -> UInt64? {
    var place = spoilt + 2
    while place < end, goesOn() {
      if ring[place] >= time, leads(from: place) { return place }
      place += 1
    }
    return nil
  }

  /// From which words records lead to a mark. Found once, from the head backwards, so that a ring that is spoilt in
  /// many places takes no longer.
  ///
  /// One record alone before a mark is no proof: words of a spoilt one can look like it. With a second one its time
  /// lies between two others.
  private struct Resumption {
    private let base: UInt64
    /// Records up to a mark, 2 for more.
    private var counts: [UInt8]

    /// An interruption leaves it unfinished: then nothing leads on, and the walk notices by itself.
    init(_ ring: RingSnapshot, from base: UInt64, _ marks: Set<UInt64>, _ isInterrupted: () -> Bool) {
      self.base = base
      counts = [UInt8](repeating: 0, count: Int(ring.end - base))
      var place = ring.end
      while place > base {
        place -= 1
        if place & 0xFFFF == 0, isInterrupted() { return }
        guard let next = ring.record(at: place)?.next else { continue }
        let goesOn = next < ring.end && counts[Int(next - base)] > 0 && ring[next] >= ring[place]
        counts[Int(place - base)] = goesOn ? 2 : marks.contains(next) ? 1 : 0
      }
    }

    func leads(from place: UInt64) -> Bool {
      place >= base && place - base < UInt64(counts.count) && counts[Int(place - base)] > 1
    }
  }
}

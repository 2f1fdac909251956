import ModuleConfiguration
import TraceFormat
import TraceReading

/// Two runs side by side, aligned by major frame, window and order within it; not by time.
///
/// Modules number partitions, ports and windows each in its own way: those of one name belong together.
///
/// Both traces are read once, in constant memory. Within a section events are paired by what they are (kind, partition,
/// number); pairs are compared in content and in their instants from the frame's start. Keyframes are left out: they
/// repeat what the events said.
public struct RunComparison {
  /// One difference.
  public struct Difference: Sendable {
    /// The gravest first; the first two alike.
    public enum Kind: Int, Comparable, Sendable, CaseIterable {
      /// An event of the first run has no counterpart in the second.
      case missing
      /// An event of the second run has none in the first.
      case added
      /// The event says something else.
      case changed
      /// The same at another instant.
      case retimed

      /// The graver one is the lesser.
      public static func < (one: Kind, other: Kind) -> Bool { one.rawValue < other.rawValue }
    }
    /// What differs, which says whether `one`, `other` or both are there.
    public var kind: Kind
    /// Number of the major frame; nil before the first.
    public var frame: UInt64?
    /// Windows begun in the frame, and whose the last of them is (0xFF: none).
    public var window: Int
    /// That window's partition, by the number of the run that has the event, the first where both have; 0xFF for none.
    public var owner: UInt8
    /// The first run's event and its number in the trace; nil for `added`.
    public var one: (position: UInt64, event: TraceEvent)?
    /// The second run's; nil for `missing`.
    public var other: (position: UInt64, event: TraceEvent)?
    /// By how much later the second run has it, in ns.
    public var shift: Int64 = 0

    /// Whether it is graver: as a difference, then as an event, then by its shift. Which of the runs lacks an event
    /// makes it no graver.
    func isGraver(than other: Difference) -> Bool {
      let (rank, otherRank) = (max(kind, .added), max(other.kind, .added))
      if rank != otherRank { return rank < otherRank }
      if weight != other.weight { return weight < other.weight }
      return shift.magnitude > other.shift.magnitude
    }

    private var weight: Int { (one ?? self.other).map { EventLikeness.weight($0.event) } ?? .max }
  }
  /// So many differences are kept of each list where nobody wants more.
  public static let keptCount = 20

  /// All differences, those that are not kept too; a kind that did not occur is left out.
  public private(set) var counts: [Difference.Kind: UInt64] = [:]
  /// Those that came first in the runs.
  public private(set) var first: [Difference] = []
  /// By kind, then by what the event is, then by shift.
  public private(set) var gravest: [Difference] = []
  /// Windows of either run.
  public private(set) var windowCount: UInt64 = 0
  /// Windows that loss or damage in either run left uncompared, or not compared in whole.
  public private(set) var uncomparedCount: UInt64 = 0
  /// Whether something before a frame's first window was left uncompared, besides.
  public private(set) var isUncomparedOutside = false
  /// Pairs of events: what only one run has is not among them.
  public private(set) var comparedEventCount: UInt64 = 0
  /// What the tables that the traces carry differ in.
  public let modules: ModuleComparison
  /// Kinds of events that one of the traces leaves out, so that none of them were compared.
  public let hiddenKinds: LeftOutKinds
  /// How whole each trace is, known since both were read.
  public let conditions: (one: TraceCondition, other: TraceCondition)
  /// The comparison was ended before the traces were: it says nothing of the whole.
  public private(set) var isInterrupted = false

  /// No difference was found.
  public var isEqual: Bool { counts.isEmpty && modules.haveSameModule && modules.haveSameStimulus }

  /// Reads both traces to their ends.
  ///
  /// - Parameters:
  ///   - keptCount: so many differences are kept of each list.
  ///   - onProgress: called after every few dozen windows; false ends the comparison.
  public init(
    _ one: TraceReader, _ other: TraceReader, keeping keptCount: Int = Self.keptCount, onProgress: () -> Bool = { true }
  ) {
    modules = ModuleComparison(one.moduleTable, other.moduleTable)
    let kinds = (one.moduleTable.module.leftOutKinds, other.moduleTable.module.leftOutKinds)
    hiddenKinds = LeftOutKinds(rawValue: kinds.0.rawValue | kinds.1.rawValue)
    let numbers = ModuleNumbers(one.moduleTable, other.moduleTable)
    var left = SectionCursor(RunSections(one, places: numbers.places))
    var right = SectionCursor(RunSections(other, places: numbers.otherPlaces))
    var ledger = Ledger(
      keptCount: keptCount, numbers: numbers, hidden: hiddenKinds, isWrittenAlike: kinds.0 == kinds.1)
    while left.current != nil || right.current != nil, !isInterrupted {
      switch (left.current, right.current) {
      case (let x?, let y?) where x.key == y.key:
        // Both are asked: each must have looked ahead.
        let isCut = [left.currentContinues(), right.currentContinues()].contains(true)
        let rest = ledger.compare(x, y, isCut: isCut)
        left.advance(carryingFrom: rest.one)
        right.advance(carryingFrom: rest.other)
      case (let x?, let y) where y.map({ x.key < $0.key }) ?? true:
        ledger.only(x, .missing, isInGap: y?.followsGap ?? right.endsInGap)
        left.advance()
      default:
        if let y = right.current { ledger.only(y, .added, isInGap: left.current?.followsGap ?? left.endsInGap) }
        right.advance()
      }
      if ledger.sectionCount & 63 == 0 { isInterrupted = !onProgress() }
    }
    counts = ledger.counts
    first = ledger.first
    gravest = ledger.gravest
    windowCount = ledger.windows.count
    uncomparedCount = ledger.uncompared.count
    isUncomparedOutside = ledger.uncompared.isOutside
    comparedEventCount = ledger.comparedEventCount
    conditions = (one.condition, other.condition)
  }

  /// Both runs were there in whole.
  public var isComplete: Bool {
    conditions.one.isComplete && conditions.other.isComplete && uncomparedCount == 0 && !isUncomparedOutside
  }

  /// Counts windows, whatever pieces they are cut into.
  private struct WindowCounter {
    var count: UInt64 = 0
    /// A section was counted that is in no window.
    var isOutside = false
    private var last: RunSection.Key?

    mutating func add(_ section: RunSection) {
      defer { last = section.key }
      if let last, (last.frame, last.window) == (section.key.frame, section.key.window) { return }
      if section.key.window > 0 { count += 1 } else { isOutside = true }
    }
  }

  /// What is kept while the traces go by.
  private struct Ledger {
    let keptCount: Int
    let numbers: ModuleNumbers
    let hidden: LeftOutKinds
    /// Both traces leave out the same, so that what counts from the event before counts alike.
    let isWrittenAlike: Bool
    var counts: [Difference.Kind: UInt64] = [:]
    var first: [Difference] = []
    var gravest: [Difference] = []
    var sectionCount: UInt64 = 0
    var windows = WindowCounter()
    var uncompared = WindowCounter()
    var comparedEventCount: UInt64 = 0

    /// A section that only one run has.
    ///
    /// - Parameter isInGap: the other one's may be among the events that it misses.
    mutating func only(_ section: RunSection, _ kind: Difference.Kind, isInGap: Bool) {
      sectionCount += 1
      windows.add(section)
      guard !isInGap, !section.hasGap else { return uncompared.add(section) }
      for (offset, event) in section.events.enumerated() where !EventLikeness.isLeftOut(event, hidden) {
        lone(section, offset, kind)
      }
    }

    private mutating func lone(_ section: RunSection, _ offset: Int, _ kind: Difference.Kind) {
      let place = (section.first &+ UInt64(offset), section.events[offset])
      note(
        Difference(
          kind: kind, frame: section.key.frame == 0 ? nil : section.key.frame - 1, window: section.window,
          owner: section.owner, one: kind == .missing ? place : nil, other: kind == .missing ? nil : place))
    }

    /// Compares two sections; answers where in each the events begin that are left for the next pieces.
    ///
    /// - Parameter isCut: one of them goes on in a further piece.
    mutating func compare(_ one: RunSection, _ other: RunSection, isCut: Bool) -> (one: Int, other: Int) {
      sectionCount += 1
      windows.add(one)
      guard !one.hasGap, !other.hasGap else {
        uncompared.add(one)
        return (one.events.count, other.events.count)
      }
      let left = one.events.indices.filter { !EventLikeness.isLeftOut(one.events[$0], hidden) }
      let right = other.events.indices.filter { !EventLikeness.isLeftOut(other.events[$0], hidden) }
      let pairing = SectionPairing(
        .init(events: left.map { one.events[$0] }, origin: one.origin),
        .init(events: right.map { numbers.translated(other.events[$0]) }, origin: other.origin), isCut: isCut)
      let (removed, inserted) = (pairing.removed, pairing.inserted)
      var end = (left.count, right.count)
      if isCut {
        while removed.contains(end.0 - 1) { end.0 -= 1 }
        while inserted.contains(end.1 - 1) { end.1 -= 1 }
        // Where hardly anything is alike, memory would grow.
        if max(left.count - end.0, right.count - end.1) > RunSections.carriedEventCount {
          end = (left.count, right.count)
        }
      }
      var (i, j) = (0, 0)
      while i < end.0 || j < end.1 {
        if removed.contains(i) {
          lone(one, left[i], .missing)
          i += 1
        } else if inserted.contains(j) {
          lone(other, right[j], .added)
          j += 1
        } else {
          pair(one, left[i], other, right[j])
          (i, j) = (i + 1, j + 1)
        }
      }
      return (
        end.0 < left.count ? left[end.0] : one.events.count, end.1 < right.count ? right[end.1] : other.events.count
      )
    }

    private mutating func pair(_ one: RunSection, _ i: Int, _ other: RunSection, _ j: Int) {
      comparedEventCount += 1
      let (a, b) = (one.events[i], numbers.translated(other.events[j]))
      let shift = Int64(bitPattern: (b.time &- other.origin) &- (a.time &- one.origin))
      var (content, otherContent) = (
        EventLikeness.content(a, from: one.origin), EventLikeness.content(b, from: other.origin)
      )
      // The end counts the events of its trace.
      if !isWrittenAlike, a.knownKind == .end { (content.words.w0, otherContent.words.w0) = (0, 0) }
      let isSame = content == otherContent
      let isOtherwise = a.words != b.words && one.origin == other.origin && isWrittenAlike
      guard !isSame || shift != 0 || isOtherwise else { return }
      note(
        Difference(
          kind: isSame && shift != 0 ? .retimed : .changed, frame: one.key.frame == 0 ? nil : one.key.frame - 1,
          window: one.window, owner: one.owner, one: (one.first &+ UInt64(i), a),
          other: (other.first &+ UInt64(j), other.events[j]), shift: shift))
    }

    private mutating func note(_ difference: Difference) {
      counts[difference.kind, default: 0] += 1
      if first.count < keptCount { first.append(difference) }
      if gravest.count == keptCount, let last = gravest.last, !difference.isGraver(than: last) { return }
      gravest.insert(difference, at: gravest.firstIndex { difference.isGraver(than: $0) } ?? gravest.count)
      if gravest.count > keptCount { gravest.removeLast() }
    }
  }
}

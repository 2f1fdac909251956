import ModuleConfiguration

/// A process whose deadline is claimed.
///
/// It is released at the first period's start after its partition's start, and from then on when its period is over.
struct ProcessState: Equatable {
  /// What `release` says of the next release.
  enum Phase {
    /// Nothing: its partition has started since, or it never was released.
    case new
    case known
    /// Nothing: events are missing, and a release or a start may be among them.
    case lost
    /// It was the last one at an earlier place of the trace; whole periods may have gone by since.
    case guessed
  }
  var name: String
  var key: ProcessKey
  var partition: UInt8
  var period: NanosecondSpan
  var deadline: NanosecondSpan
  var claim: Int
  /// Whether its partition's scheduler tells when it is complete.
  let isTold: Bool
  /// Whether its releases count: those of one that is told of only from its start, where that is told, else from where
  /// it first gets the processor.
  var isFollowed: Bool
  var isReleased = false
  var release: NanosecondInstant = 0
  /// It has the processor, or had it, with the job that was released last; and that was so much later than `release`.
  /// Before that it is taken to be as late as the job before it.
  var hasBegun = false
  var delay: NanosecondSpan = 0
  /// The deadline that its job was given while it was under way (REPLENISH).
  var moved: NanosecondInstant?
  /// False of a job that may have been given another one while events were missing.
  var isDueKnown = true
  /// From when on no events are missing, as far as its partition's periods tell.
  var knownSince: NanosecondInstant? = 0
  /// How much later than its release the last job of this life began: who starts with a delay keeps it from job to job,
  /// and until one has begun nobody tells of it.
  var lastDelay: NanosecondSpan = 0
  /// The release after it, where that comes before it is complete, and may.
  var next: NanosecondInstant?
  /// When its partition's last period began; nil where nobody knows.
  var periodStart: NanosecondInstant?
  var periodLength: NanosecondSpan = 0
  var phase = Phase.new
  /// Who has lost the processor with its job under way, and has not had it since; nil of others.
  var stall: ProcessStall?
  /// It was followed, and was stopped or started since: whether it has jobs is not known until it gets the processor.
  var isOutOfSight = false
  /// The first of its releases since then that it would have if it had started again.
  var unseenSince: NanosecondInstant?

  /// The release that comes with a period of its partition that starts at `instant`, one of those that are `span` long;
  /// nil for none.
  ///
  /// One comes with every such period, unless its own is a longer multiple. Whoever tells of its jobs keeps to its own
  /// period where another module schedule has moved its partition's: it was released before that starts.
  mutating func newRelease(at instant: UInt64, every span: UInt64) -> UInt64? {
    let isLonger = period > span && period.isMultiple(of: span)
    if isTold, period > 0, phase == .known || phase == .guessed { return ownRelease(by: instant, span, isLonger) }
    guard isLonger else { return instant }
    switch phase {
    case .new: return instant
    case .known:
      let last = next ?? release
      return instant > last && instant &- last >= period ? instant : nil
    case .lost: return nil
    case .guessed:
      let elapsed = instant > release ? (instant &- release) % period : 0
      guard elapsed > 0 else { return instant }
      release = instant &- elapsed
      phase = .known
      return nil
    }
  }

  /// The last instant, up to this one, that lies whole periods after its last release.
  private mutating func ownRelease(by instant: UInt64, _ span: UInt64, _ isLonger: Bool) -> UInt64? {
    let last = next ?? release
    guard instant > last else { return isLonger && phase == .known ? nil : instant }
    let elapsed = (instant &- last) % period
    if phase == .known { return instant &- last >= period ? instant &- elapsed : nil }
    guard elapsed >= span else { return instant &- elapsed }
    release = instant &- elapsed
    phase = .known
    return nil
  }

  /// Whether a job that began then is that of a release of its own that no period of its partition has brought yet: the
  /// module schedule has moved those. It waits from now on.
  mutating func isReleasedByItself(_ begin: UInt64) -> Bool {
    guard phase == .known, !isReleased, period > 0, begin > release &+ lastDelay else { return false }
    guard (begin &- release &- lastDelay).isMultiple(of: period) else { return false }
    beginWaiting(at: begin &- lastDelay)
    return true
  }

  /// From when on its deadline counts.
  var begin: NanosecondInstant { release &+ delay }

  /// When its job has to be complete; nil where no clock comes to that.
  var due: NanosecondInstant? {
    if let moved { return moved }
    let (instant, isBeyond) = begin.addingReportingOverflow(deadline)
    return isBeyond ? nil : instant
  }

  /// Whether its job has time still when the next one is released: where that began late, or where another schedule
  /// begins.
  func hasTime(_ instant: UInt64) -> Bool { due.map { $0 > instant } ?? true }

  /// How much of its deadline its job has used at an instant: the time since it began; where that has been moved, all
  /// but what is left until then.
  func used(at instant: UInt64) -> NanosecondSpan {
    guard let moved else { return instant &- begin }
    if instant <= moved { return deadline &- min(deadline, moved &- instant) }
    let (used, isBeyond) = deadline.addingReportingOverflow(instant &- moved)
    return isBeyond ? .max : used
  }

  /// It is started, and released with the next period that begins, and so much later.
  mutating func start(after delay: NanosecondSpan) {
    end()
    (isFollowed, phase, lastDelay) = (true, .new, delay)
    (isOutOfSight, unseenSince) = (false, nil)
  }

  /// Whether it should have had the processor by `instant`, and had it not since it was stopped or started: whoever is
  /// released once a period, and complete within one, is told of in two.
  func isUnseen(_ instant: UInt64) -> Bool {
    unseenSince.map { instant >= $0 && instant &- $0 >= max(period, periodLength) } ?? false
  }

  /// The start of the period in which a job began, counted back from the last one: with it later releases are in step.
  func periodStart(of begin: UInt64, last: UInt64) -> UInt64 {
    guard begin < last, periodLength > 0 else { return min(begin, last) }
    let rest = (last &- begin) % periodLength
    let within = rest == 0 ? 0 : periodLength &- rest
    return within > begin ? begin : begin &- within
  }

  /// Its job is under way no longer.
  mutating func end() {
    (isReleased, hasBegun, delay, next) = (false, false, 0, nil)
    (moved, isDueKnown) = (nil, true)
  }

  /// Its job is done: another one may have been released meanwhile.
  mutating func goOn() {
    let next = next
    end()
    if let next { beginWaiting(at: next) }
  }

  /// It is released, and has not begun.
  mutating func beginWaiting(at instant: UInt64) { (isReleased, release, delay) = (true, instant, lastDelay) }

  /// It or its partition starts or stops: it is under way no longer.
  mutating func stop() {
    end()
    lastDelay = 0
    phase = .new
    if isTold, isFollowed { isOutOfSight = true }
    (unseenSince, stall) = (nil, nil)
    isFollowed = !isTold
  }

  /// Events are missing that may have been about it.
  mutating func forget() {
    end()
    phase = .lost
    isFollowed = !isTold
    (lastDelay, isOutOfSight, unseenSince, stall) = (0, false, nil, nil)
    (periodStart, periodLength, knownSince) = (nil, 0, nil)
  }
}

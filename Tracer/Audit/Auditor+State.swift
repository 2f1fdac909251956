import ModuleConfiguration
import TraceFormat

/// What an auditor keeps of the step at hand, and of partitions, windows, processes and the module's own claims.
extension Auditor {
  /// What happened since the last input.
  struct Step {
    var kind: EventKind?
    var what: UInt16 = 0
    var partition = 0xFF
    var time: UInt64 = 0
    var position: UInt64 = 0
    var switched = false
    var upcalled = false
    /// The partition and the line of the upcall, of lines' vectors alone.
    var upcall: (partition: Int, line: Int)?
    var stopped = false
    var answered = false
    var isSpurious = false
    var isPulse = false
    var lastMark: UInt64?
    var argument: UInt64 = 0
    var secondArgument: UInt64 = 0
    var thirdArgument: UInt64 = 0
    /// Of a note: words that the trace still has to have.
    var wordsDue: UInt64 = 0
    /// Partitions that changed their modes, and those that were started.
    var changed: Set<Int> = []
    var started: Set<Int> = []
  }

  struct Partition {
    var mode: UInt8 = 0xFF
    var isStarting = false
    var hasYielded = false
    /// Time in own windows that are over.
    var clock: UInt64 = 0
    var supply: UInt64 = 0
    var required: UInt64 = 0
    var periodStart: UInt64 = 0
    /// The same, whatever starts in it; nil until one begins.
    var lastPeriod: UInt64?
    /// Its length, as its schedule has it.
    var periodLength: UInt64?
    var isSupplyKnown = false
    /// The period goes on in the next frame of the same schedule.
    var spansFrames = false
    /// By line: marks wait, and how far the clock was at the first of them (nil where that is not known).
    var isWaiting = [Bool](repeating: false, count: 16)
    var isWaitingKnown = [Bool](repeating: true, count: 16)
    var waitsSince = [UInt64?](repeating: nil, count: 16)
    /// By line: when that was.
    var waitsFrom = [UInt64](repeating: 0, count: 16)
    /// Lines with a handler, and those that are ready: only these are to have upcalls.
    var handled: Set<UInt64> = []
    var ready: Set<UInt64> = []
    /// The line whose upcall was decided and not yet begun, and its mark's clock and instant.
    var awaited: (line: Int, clock: UInt64, instant: UInt64)?

    var canRun: Bool { !hasYielded && mode != 0 && !isStarting }
  }

  struct OpenWindow {
    var owner: Int
    var start: UInt64
    var end: UInt64
    var awaitsFirst: Bool
    var ranBefore: Bool
    var isPadded = false
    /// The kernel waits for the start: its partition has not been found in ring 3 since.
    var isAwaited = false
    /// The owner's first instant, once it ran.
    var first: UInt64?
    var stolen: UInt64 = 0
  }

  struct Custom {
    var record: ClaimRecord
    var measure: Int?
    var since: UInt64?
    var count: UInt64 = 0
    var frameSince: UInt64 = 0
    var isFrameKnown = false
    var violations: UInt64 = 0
    /// Where the first five of them were.
    var firstViolations: [Measure.Violation] = []
    var identifier: String
  }

  /// What a process has to do from a release on.
  struct Job {
    var release: UInt64
    /// From where its deadline counts: the release, or a later instant to which its partition put it off.
    var begin: UInt64
    /// It has the processor, or had it.
    var hasBegun = false
    /// The deadline that it was given instead of its own, as its partition's scheduler says.
    var newDeadline: UInt64?

    /// - Parameter lateness: how late the job before it began.
    init(release: UInt64, lateness: UInt64 = 0) { (self.release, begin) = (release, release &+ lateness) }
  }

  struct Process {
    /// Whether its releases count: of one that is told of from its start, or from where it first gets the processor.
    var isFollowed: Bool
    /// Nil once it is complete.
    var job: Job?
    /// The release of the next job, which waits until this one is complete.
    var pending: UInt64?
    /// Nil until its first release since its partition's start, or since it was stopped.
    var lastRelease: UInt64?
    /// How late its last job began, of those since then: as late the next one is to begin.
    var lateness: UInt64 = 0
    /// It was told of before it was stopped, or its partition; and the first period since that it could run in.
    var wasFollowed = false
    var absentSince: UInt64?
    var measure: Int
  }
}

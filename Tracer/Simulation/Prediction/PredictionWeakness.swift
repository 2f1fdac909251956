import TextForms

/// Where a partition's further deeds are not those of the recorded run for sure; instants in ns, nil for never.
public struct PredictionWeakness: Equatable, Sendable {
  /// Calls answered otherwise than recorded, from which on the partition might have gone another way.
  public private(set) var otherAnswerCount: UInt64 = 0
  /// When the first of them was.
  public private(set) var firstOtherAnswer: UInt64?
  /// When the partition had done all that was recorded of it.
  public private(set) var ranOut: UInt64?
  /// When it had done all that was recorded of a life, and the restart that ended that did not come.
  public private(set) var outlived: UInt64?
  /// The same so near the recorded end that the run would have told of little more. It is taken to compute on, though
  /// it may have been about to do what it is then late with.
  public private(set) var ended: UInt64?
  /// When it started as it never did in the recorded run, or once more than there.
  public private(set) var unrecordedStart: UInt64?

  /// When a process of several did something before the upcall that it came after in the recorded run, or the other way
  /// around: another of them might have had the processor.
  public private(set) var otherTurn: UInt64?
  /// When a process is ready in a window that the partition gives up here, or not yet in one in which it goes on: its
  /// scheduler would do something else.
  public private(set) var otherWindow: UInt64?

  /// A job that a partition's scheduler takes for late here, and did not in the recorded run.
  public struct LateJob: Equatable, Sendable {
    /// Its name in the module file; `process` and its key where the file does not name it.
    public var process: String
    /// When its deadline passes, ns.
    public var instant: UInt64
    /// From its release to that, ns; nil where nobody knows what deadline it has.
    public var limit: UInt64?
    /// It is the module file's deadline, and passes for sure.
    public var isSure = false
    /// Whether the module file names the process.
    public var isNamed = true
    /// Whether its scheduler has told that it has no period.
    public var isAperiodic = false

    /// What makes it known which deadline the process has.
    fileprivate var remedy: String {
      let times = "p:PeriodSeconds, p:TimeCapacitySeconds and p:DeadlineSeconds"
      if !isAperiodic {
        return isNamed
          ? "give its Process \(times), and record again"
          : "name it there (Process, with \(times), p:Completion=\"TOLD\"), and record again"
      }
      // `check` refuses times without a period.
      return "nothing there says when a process without a period is late: make it periodic, or capture the module with "
        + "the windows in question and verify that run"
    }
  }
  /// The first ones, all of one instant.
  public private(set) var lateJobs: [LateJob] = []
  /// The first of these; nil where no job is late.
  public var lateJob: LateJob? { lateJobs.first }
  /// When the health monitor is told of a missed deadline as in the recorded run, though that may be met here.
  public private(set) var undueCall: UInt64?

  mutating func noteOtherAnswer(at instant: UInt64) {
    otherAnswerCount += 1
    firstOtherAnswer = firstOtherAnswer ?? instant
  }
  mutating func noteRanOut(at instant: UInt64) { ranOut = ranOut ?? instant }
  mutating func noteEnded(at instant: UInt64) { ended = ended ?? instant }
  mutating func noteOutlived(at instant: UInt64) { outlived = outlived ?? instant }
  mutating func noteUnrecordedStart(at instant: UInt64) { unrecordedStart = unrecordedStart ?? instant }

  // Whoever may go another way already may meet other deadlines: what is then predicted of them says nothing.
  mutating func noteUndueCall(at instant: UInt64) {
    if instant <= otherWay ?? .max { undueCall = undueCall ?? instant }
  }
  mutating func note(_ jobs: [LateJob]) {
    if let job = jobs.first, job.instant <= otherWay ?? .max { lateJobs = jobs }
  }

  mutating func noteOtherTurn(at instant: UInt64) { otherTurn = otherTurn ?? instant }
  /// It is known only when the process goes on that a window was given up in vain.
  mutating func noteOtherWindow(at instant: UInt64) { otherWindow = min(otherWindow ?? instant, instant) }

  /// From when on anything is uncertain.
  public var since: UInt64? {
    [otherWay, undueCall, lateJob?.instant].compactMap { $0 }.min()
  }

  /// From when on the partition might go another way, whatever its deadlines are.
  var otherWay: UInt64? {
    [firstOtherAnswer, ranOut, outlived, unrecordedStart, otherTurn, otherWindow].compactMap { $0 }.min()
  }

  /// The health monitor may do something else about the partition than it did.
  public var isOfDeadlines: Bool { undueCall != nil || lateJob != nil }

  /// What it means, for people.
  func sentences(about partition: String) -> [String] {
    var sentences: [String] = []
    if let firstOtherAnswer {
      sentences.append(
        "\(partition) is answered otherwise \(otherAnswerCount) times, first at \(firstOtherAnswer.instantText); "
          + "from there on it might go another way")
    }
    if let unrecordedStart {
      sentences.append(
        "\(partition) starts anew at \(unrecordedStart.instantText) as it did not in the recorded run; it is taken to "
          + "begin as at a start before, and might go another way")
    }
    if let otherTurn {
      sentences.append(
        "\(partition) is interrupted at another of its processes' calls than in the recorded run, first at "
          + "\(otherTurn.instantText); another of them might have had the processor from there on")
    }
    if let otherWindow {
      sentences.append(
        "processes of \(partition) are ready in other windows than in the recorded run, first at "
          + "\(otherWindow.instantText); what its scheduler does from there on is unknown")
    }
    for lateJob in lateJobs {
      guard lateJob.limit != nil else {
        sentences.append(
          "\(lateJob.process) of \(partition), whose deadline the module file does not have, comes later than in "
            + "the recorded run, first at \(lateJob.instant.instantText); what the health monitor does if it misses "
            + "one, and the partition after that, is unknown; \(lateJob.remedy)")
        continue
      }
      sentences.append(
        "\(lateJob.process) of \(partition) \(lateJob.isSure ? "misses" : "may miss") its deadline at "
          + "\(lateJob.instant.instantText), and did not in the recorded run; what the health monitor does about it, "
          + "and the partition after that, is unknown")
    }
    if let undueCall {
      sentences.append(
        "\(partition) told the health monitor of a missed deadline that may be met here, first at "
          + "\(undueCall.instantText); what comes instead is unknown")
    }
    if let outlived {
      sentences.append(
        "\(partition) has done at \(outlived.instantText) all that was recorded of it before a restart that does not "
          + "come yet; what it would have done next is unknown")
    }
    if let ranOut {
      sentences.append(
        "\(partition) has done all that was recorded of it at \(ranOut.instantText); what it violates after "
          + "that is unknown")
    }
    return sentences
  }
}

extension Prediction {
  /// What weakens the prediction of one partition, and of those that it may reach.
  public struct Doubt: Equatable, Sendable {
    /// Name of the one whose deeds are in doubt.
    public var partition: String
    /// What they are in doubt for, and from when on each of it.
    public var weakness: PredictionWeakness
    /// From when on, ns.
    public var since: UInt64
    /// Whose deeds and windows depend on what this partition does: its own, those of partitions that it sends messages
    /// or events to, directly or by others, and all where one of them may change the module schedule.
    public var reached: Set<String>
    /// The claims that are violated when the doubt begins, whatever else comes: the deadlines' own.
    public var violated: Set<String>

    /// What it means, for people.
    public var sentences: [String] { weakness.sentences(about: partition) }
  }
}

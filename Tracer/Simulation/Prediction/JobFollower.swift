import ModuleConfiguration

// How long jobs of a partition's processes take here, beside what they took in the recorded run.
extension RecordedBehaviour {
  /// The last job of a process; instants in ns.
  struct Job {
    /// Its release in the recorded run, and here.
    var recorded: UInt64
    var own: UInt64
    var isOver = false
  }

  /// A job that would be late here, and was not, by any deadline that is longer than `longestMet` and not longer than
  /// `span`, ns from its release.
  struct LateSpan {
    var release: UInt64
    var longestMet: UInt64
    var span: UInt64
    /// It stands for several jobs: none of them need be late by each of those deadlines.
    var isMixed = false
  }

  /// What is compared of a partition's jobs.
  struct JobFollower {
    /// By the number of their processes.
    var jobs: [Int: Job] = [:]
    var late: [Int: [LateSpan]] = [:]
    /// When the health monitor was last told of a missed deadline, here.
    var lastCall: UInt64?
    /// The last deed's instant in the recorded run.
    var latest: UInt64 = 0
    /// The partition's last start, and from when on it might go another way: jobs are followed in between.
    var start: UInt64 = 0
    var otherWay: UInt64?

    /// Spans are few, for each must be longer than those before. Where they are not, the last one stands for the rest.
    private static let maximumSpans = 64

    /// The job has taken `span` here, where it took `recorded`, or was cut off then.
    mutating func compare(_ process: Int, _ job: Job, took whole: UInt64, recorded: UInt64, isCut: Bool = false) {
      let end = otherWay ?? .max
      guard job.own >= start, job.own < end else { return }
      let span = min(whole, end - job.own)
      let call = lastCall.flatMap { $0 >= job.own ? $0 - job.own : nil }
      if span > recorded &+ Self.likeness {
        let longestMet = call.map { min(recorded, $0 &+ DeadlineEvidence.tolerance) } ?? recorded
        note(process, LateSpan(release: job.own, longestMet: longestMet, span: span))
      } else if call != nil, !isCut, whole &+ Self.likeness < recorded {
        // It was late there; here it is so by so little that nobody knows.
        let longestMet = span - min(span, DeadlineEvidence.tolerance)
        note(process, LateSpan(release: job.own, longestMet: longestMet, span: span))
      }
    }

    /// Times that differ by less are the same.
    private static let likeness: UInt64 = 200

    private mutating func note(_ process: Int, _ new: LateSpan) {
      var spans = late[process] ?? []
      guard new.span > new.longestMet,
        !spans.contains(where: { $0.longestMet <= new.longestMet && $0.span >= new.span })
      else { return }
      if spans.count < Self.maximumSpans {
        spans.append(new)
      } else {
        spans[spans.count - 1].longestMet = min(spans[spans.count - 1].longestMet, new.longestMet)
        spans[spans.count - 1].span = max(spans[spans.count - 1].span, new.span)
        spans[spans.count - 1].isMixed = true
      }
      late[process] = spans
    }

    /// The processes' jobs that are not over when everything is cut off: those under way, and the next ones.
    mutating func cut(
      at instant: UInt64, _ processes: [DeadlineEvidence.Process], recorded: (_ process: Int, _ job: Job) -> UInt64
    ) {
      for (process, last) in jobs.sorted(by: { $0.key < $1.key }) {
        var job = last
        if job.isOver {
          // When it goes on nobody knows.
          guard !processes[process].isOpen else { continue }
          job = Job(recorded: job.recorded &+ processes[process].period, own: job.own &+ processes[process].period)
        }
        guard instant > job.own else { continue }
        compare(process, job, took: instant - job.own, recorded: recorded(process, job), isCut: true)
      }
      jobs = [:]
      lastCall = nil
    }
  }
}

import ModuleConfiguration

// Where each partition of a prediction stands in what was recorded of it.
extension RecordedBehaviour {
  /// What a partition is at.
  struct Activity {
    let strand: RecordedStrand
    var isHandler = false
    /// The number of the next deed.
    var next = 0
    /// What has been computed towards it, ns; nil where it has not been looked at.
    var done: UInt64?
    /// What is computed before it in all, ns; nil where that is not known yet, all ones where nothing comes any more.
    var total: UInt64?
    /// What is computed before the virtual interrupt flag turns, ns; all ones where it does not, or has turned.
    var turn = UInt64.max
    /// What is computed before it asks for the marks that wait, having switched that flag on, ns; nil where it does
    /// not.
    var asking: UInt64?
    /// The first instant of that computation, ns.
    var beginning: UInt64 = 0
    /// How long after it the next deed comes, computed or not, ns; nil where it comes of computation.
    var wait: UInt64?

    /// What had been computed when its last upcall began, ns; nil where none has.
    var doneBeforeUpcall: UInt64?
    /// What the process that computes has left from before it lost the processor, or has done already, ns.
    var carried: Int64 = 0

    mutating func goOn() {
      next += 1
      beginAgain()
    }

    /// What leads to the next deed has yet to be computed.
    mutating func beginAgain() {
      doneBeforeUpcall = nil
      carried = 0
      done = nil
      wait = nil
      total = nil
      turn = .max
      asking = nil
    }
  }

  /// One partition.
  struct Player {
    var life = RecordedLife()
    /// When its last start was decided, ns.
    var start: UInt64 = 0
    /// The first of its recorded lives.
    var first: RecordedLife?
    /// The main flow, then its unfinished handlers.
    var activities: [Activity] = []
    /// What a handler did last, by interrupt.
    var handlers: [UInt8: RecordedStrand] = [:]
    /// Up to when its computation is accounted for, ns.
    var accounted: UInt64 = 0
    var weakness = PredictionWeakness()
    /// The process that has the processor, as its scheduler tells, and what each has computed less than it had in the
    /// recorded run when it lost it, ns.
    var running = ProcessKey.none
    var arrears: [ProcessKey: Int64] = [:]
    /// Its processes' jobs since then.
    var follower = JobFollower()
    /// In which of its windows they are ready.
    var windows = WindowUse()
    /// Upcalls since its last start.
    var upcallCount: UInt64 = 0
    /// Its next deed is none that was recorded: it asks for the marks that wait.
    var isAsking = false
    /// Its last deed was an exception.
    var isCaught = false

    var top: Int { activities.count - 1 }
  }
}

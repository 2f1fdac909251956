import ModuleConfiguration
import TraceFormat

/// A partition as the simulated world sees it: what its shared page says, and what it is about.
struct SimulatedGuest {
  /// What it does next, when it next gets to it.
  enum Activity {
    /// Its set-up, then its work.
    case ordinary
    /// In an upcall's handler: the acknowledgement comes next, or the return.
    case handling(vector: UInt8, isAcknowledged: Bool)
    /// In the handler of an exception; the virtual interrupt flag was so before.
    case catching(wasOn: Bool)
  }

  let plan: GuestPlan
  var activity = Activity.ordinary
  /// Activities that a later one has interrupted, the latest last.
  private var interrupted: [Activity] = []
  /// The virtual interrupt flag.
  private(set) var isOn = false
  private(set) var flips: UInt32 = 0
  /// Upcalls that it has entered, and that it has left, as the shared page counts them.
  private(set) var entered: UInt16 = 0
  private(set) var returned: UInt16 = 0
  /// Upcalls written for it of which it has not run the first instruction.
  private var owed: UInt16 = 0
  private(set) var exceptionsReturned: UInt32 = 0
  var hasUpcallEntry = false
  /// The next call of its set-up.
  private(set) var step = 0
  /// Calls that it still makes in this window, and when it wants to be done.
  var callsLeft: UInt64 = 0
  var finish: UInt64 = 0
  /// From then on it makes no further call, so that it is done by its deadline; all ones where it has none.
  var lastCall: UInt64 = .max
  /// The window for which these three were chosen, by its start.
  var plannedWindow: UInt64 = .max
  /// Its next return through the kernel is that of a handler of exceptions, for which somebody else speaks.
  var leavesException = false
  /// Marks may wait that came while the flag was off: it asks the kernel at once.
  var mustPoll = false

  init(plan: GuestPlan) { self.plan = plan }

  /// As after a start: nothing of before is left.
  mutating func restart() { self = SimulatedGuest(plan: plan) }

  mutating func setFlag(_ value: Bool) {
    if isOn != value { flips &+= 1 }
    isOn = value
  }

  /// An upcall's frame was written: the flag is off without the partition's doing.
  mutating func beginUpcall(_ vector: UInt8) {
    interrupted.append(activity)
    activity = .handling(vector: vector, isAcknowledged: false)
    isOn = false
    owed &+= 1
  }

  /// The kernel put the context of the interrupted activity back, or gives the next upcall on the same frame.
  mutating func endUpcall(isMasked: Bool = false) {
    guard !leavesException else {
      // The handler of an exception is no activity of its own where somebody else speaks for it.
      leavesException = false
      isOn = true
      return
    }
    activity = interrupted.popLast() ?? .ordinary
    isOn = !isMasked
  }

  /// The next upcall took the frame of the one that returned: that one is not what it interrupted.
  mutating func forgetReplaced() { interrupted.removeLast() }

  /// The upcall returned, with the count that goes before it.
  mutating func countReturn() { returned &+= 1 }

  /// - Parameters:
  ///   - isCaughtByItself: false where somebody else says what its handler does, and when it comes back.
  ///   - returned: how many exceptions it has come back from, as the kernel believes.
  mutating func beginException(isCaughtByItself: Bool, _ returned: UInt32) {
    if isCaughtByItself {
      interrupted.append(activity)
      activity = .catching(wasOn: isOn)
    } else {
      exceptionsReturned = returned
    }
    isOn = false
  }

  mutating func endException() {
    guard case .catching(let wasOn) = activity else { return }
    activity = interrupted.popLast() ?? .ordinary
    exceptionsReturned &+= 1
    setFlag(wasOn)
  }

  /// The handler that somebody else spoke for has come back.
  mutating func countException() { exceptionsReturned &+= 1 }

  /// It has been in ring 3: upcalls owed have run their first instructions, which count them.
  mutating func run() {
    entered &+= owed
    owed = 0
  }

  /// The next call of its set-up, or nil when that is done.
  mutating func nextSetup() -> GuestCall? {
    guard step < plan.setup.count else { return nil }
    defer { step += 1 }
    return plan.setup[step]
  }

  var isSetUp: Bool { step >= plan.setup.count }

  /// The word of counters in its shared page.
  var counterWord: UInt64 { UInt64(flips) << 32 | UInt64(entered) << 16 | UInt64(returned) }
}

import APEXTypes

/// The timer of a vCPU: one-shot or periodic, in the module's time.
///
/// It is a number of state words and no hardware: ticks fall due when the core looks, which it does in the owner's
/// windows only. Whatever a partition asks for, no instant wraps: what is added up to ticks that are past
/// stays below the instant of the look, and the addition of the next one is checked.
struct VirtualTimer: BitwiseCopyable {
  /// Instant of the next tick in ns; all ones while the timer stands.
  var next: UInt64 = .max
  /// Nanoseconds from tick to tick; 0 for one tick only.
  var period: UInt64 = 0

  /// The shortest period: a shorter one would leave its owner no time between two upcalls.
  static var minimumPeriod: UInt64 { 10_000 }

  /// Ticks that have fallen due at one look.
  struct Expiry: Equatable {
    var count: UInt64
    /// Instant of the latest of them, in ns.
    var latest: UInt64
  }

  /// Starts the timer with a first tick at `first`. Where that has passed, one tick is due at once and the period's
  /// grid stays where it is: ticks before the start were never asked for.
  mutating func start(first: UInt64, period: UInt64, now: UInt64) {
    self.period = period
    next = first
    if period != 0, first < now { next = first &+ (now &- first) / period &* period }
    if next == .max { stop() }  // A tick at the end of all time never comes: nothing of it need be kept.
  }

  mutating func stop() { self = VirtualTimer() }

  /// Takes the ticks that are due at `instant`, in constant time however many they are.
  ///
  /// - Precondition: at least one is due.
  mutating func expire(at instant: UInt64) -> Expiry {
    precondition(next <= instant)
    guard period != 0 else {
      let expiry = Expiry(count: 1, latest: next)
      stop()
      return expiry
    }
    let further = (instant &- next) / period
    let latest = next &+ further &* period  // at most `instant`
    let (following, overflow) = latest.addingReportingOverflow(period)
    if overflow { stop() } else { next = following }
    return Expiry(count: further &+ 1, latest: latest)
  }
}

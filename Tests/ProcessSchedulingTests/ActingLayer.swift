import APEXTypes
import ModuleConfiguration
import ProcessScheduling
import Testing

/// Imitates whoever calls the scheduler of processes: switches from process to process, on a clock of its own.
final class ActingLayer<Side: Decider> {
  /// A service that is over, and whose it was.
  struct Finished: Equatable {
    var process: Int32
    var call: Call
    var answer: Answer
  }

  let side: Side
  private(set) var now: UInt64
  /// 0: the partition has none. Periods begin at its multiples.
  let period: UInt64
  private var periodStart: UInt64 = 0
  private(set) var isNormal = false
  private(set) var isInUpcall = false
  /// When the clock interrupts.
  private(set) var armed = SystemTime.never
  private var tickIsWanted = false
  /// The services that those are in who have left the processor.
  private(set) var pending: [Int32: Call] = [:]
  /// Those of them who gave way, to their equals or until an instant: they succeed.
  private var yielding: Set<Int32> = []
  /// Those whose service begins when they run again: of a deadline of theirs is told first.
  private var overdue: Set<Int32> = []

  // What has happened, in order.
  private(set) var finished: [Finished] = []
  private(set) var late: [Int32] = []
  private(set) var tellings: [ProcessTelling] = []
  /// Services that have made the next tick earlier, and did not say so.
  private(set) var forgottenArmings: [Call] = []
  /// Runs where a missed deadline is told of.
  var whenLate: (() -> Void)?

  init(_ side: Side, now: UInt64 = 1_000, period: UInt64 = 0) {
    (self.side, self.now, self.period) = (side, now, period)
  }

  var moment: PartitionMoment {
    PartitionMoment(
      now: SystemTime(nanoseconds: now), periodStart: SystemTime(nanoseconds: periodStart),
      period: Nanoseconds(period), isNormal: isNormal, isInUpcall: isInUpcall)
  }

  /// When the next period begins, or it is to be looked whether one has.
  var nextPeriod: SystemTime {
    SystemTime(nanoseconds: period == 0 ? now + 100_000 : (now / period + 1) * period)
  }

  // MARK: The scheduler

  func enterNormalMode() {
    isNormal = true
    side.beginNormalMode(moment)
    loop()
  }

  /// Nobody runs: somebody is chosen, and goes on with the service that it is in.
  private func loop() {
    while true {
      side.releaseDue(moment)
      judgeDeadlines()
      let next = side.dispatch()
      if let telling = side.tellDispatch(of: next, moment) { tellings.append(telling) }
      tellRest()
      guard next != 0 else { return }
      arm()
      guard let call = pending.removeValue(forKey: next) else { return }
      if overdue.remove(next) != nil {
        begin(call)
        return
      }
      let answer = yielding.remove(next) != nil ? .done(.noError) : side.endOfWait(call)
      finished.append(Finished(process: next, call: call, answer: answer))
      if !side.isOutranked { return }
      side.beOutranked()
      side.undispatch()
    }
  }

  private func tellRest() { while let telling = side.takeTelling(moment) { tellings.append(telling) } }

  private func judgeDeadlines() {
    var process: Int32 = 0
    while true {
      process = side.takeLate(after: process, moment.now)
      if process == 0 { return }
      late.append(process)
      whenLate?()
      side.tellingIsOver()
    }
  }

  private func leave() {
    side.undispatch()
    loop()
  }

  // MARK: Services

  /// Whoever runs calls a service; nobody does in the error handler, in `main`, and while nobody is ready.
  @discardableResult
  func call(_ call: Call) -> Answer {
    // A handler may end the process too, where its upcalls count no more.
    if call == .stopSelf, side.running != 0 { isInUpcall = false }
    guard call.movesDeadline, side.isOverdue(moment) else { return begin(call) }
    let (caller, before) = (side.running, finished.count)
    pending[caller] = call
    overdue.insert(caller)
    leaveOutranked()
    return finished[before...].first { $0.process == caller }?.answer ?? Answer(.givesWay)
  }

  @discardableResult
  private func begin(_ call: Call) -> Answer {
    let caller = side.running
    let answer = side.perform(call, moment)
    if let telling = answer.telling { tellings.append(telling) }
    // Whoever waits, or ends, leaves that to the scheduler.
    if case .done = answer.step { tellRest() }
    // Who is stopped is in no service any more.
    if case .stop(let process) = call, answer.code == .noError { abandon(process) }
    let armingIsWanted = side.takeTimerWish()
    let tickIsWished = side.takeTickWish()
    switch answer.step {
    case .done:
      finished.append(Finished(process: caller, call: call, answer: answer))
      end(call, armingIsWanted)
      if tickIsWished { tickAtOnce() }
    case .waits, .givesWay:
      pending[caller] = call
      if answer.step == .givesWay { yielding.insert(caller) }
      leave()
    case .ends:
      (isInUpcall, tickIsWanted) = (false, false)
      leave()
    }
    return answer
  }

  /// A process is in no service any more.
  private func abandon(_ process: Int32) {
    pending[process] = nil
    yielding.remove(process)
    overdue.remove(process)
  }

  private func end(_ call: Call, _ armingIsWanted: Bool) {
    guard side.running != 0 else { return }
    let next = side.nextTick(nextPeriod)
    if next < armed, armed > moment.now, !armingIsWanted, call != .unlockPreemption { forgottenArmings.append(call) }
    if armingIsWanted { arm() }
    // Whatever came due while nobody could take the processor is due now.
    if call == .unlockPreemption {
      side.releaseDue(moment)
      arm()
    }
    if side.isOutranked {
      if isInUpcall { tickAtOnce() } else { leaveOutranked() }
    }
  }

  private func leaveOutranked() {
    side.beOutranked()
    leave()
  }

  // MARK: Interrupts

  private func arm() { armed = side.nextTick(nextPeriod) }

  private func tickAtOnce() {
    tickIsWanted = true
    armed = moment.now
  }

  /// The clock interrupts whoever runs.
  private func tick() {
    tickIsWanted = false
    side.releaseDue(moment)
    if side.nextDeadline <= moment.now || side.isOutranked { leaveOutranked() } else { arm() }
  }

  /// Time passes, in which whoever runs computes, and others are released as their time comes.
  func pass(_ nanoseconds: UInt64) { pass(until: now + nanoseconds) }

  func pass(until instant: UInt64) {
    var (turnCount, begin) = (0, now)
    while true {
      // More than all processes can have to do at one instant.
      (turnCount, begin) = (now == begin ? turnCount + 1 : 0, now)
      if turnCount > 1_000 {
        Issue.record("the clock interrupts again and again at \(now)")
        break
      }
      let isIdle = side.running == 0
      let next = isIdle ? min(side.nextInstant, nextPeriod) : max(moment.now, armed)
      guard next.nanoseconds <= instant else { break }
      setClock(next.nanoseconds)
      if isIdle { loop() } else { tick() }
    }
    setClock(instant)
  }

  /// Time passes in which nobody looks at the clock.
  func passMasked(_ nanoseconds: UInt64) { setClock(now + nanoseconds) }

  private func setClock(_ instant: UInt64) {
    now = max(now, instant)
    if period != 0, now >= period { periodStart = now / period * period }
  }

  /// A handler of the partition's runs on the stack of whoever runs, or on the scheduler's.
  func inUpcall(_ handler: () -> Void) {
    isInUpcall = true
    handler()
    // Whoever ran may have stopped in it.
    guard isInUpcall else { return }
    isInUpcall = false
    if side.running == 0 { loop() } else if tickIsWanted || side.isOutranked { tick() }
  }

  /// An error of whoever runs, with which the error handler deals.
  ///
  /// - Parameter handler: is told who has failed.
  func raiseError(_ handler: (Int32) -> Void) {
    let interrupted = side.running
    handler(side.beginErrorHandling())
    guard side.endErrorHandling() else {
      // Nobody comes back to what it was doing.
      abandon(interrupted)
      (isInUpcall, tickIsWanted) = (false, false)
      loop()
      return
    }
    guard side.running != 0 else { return }
    if !side.isOutranked { arm() } else if isInUpcall { tickAtOnce() } else { tick() }
  }
}

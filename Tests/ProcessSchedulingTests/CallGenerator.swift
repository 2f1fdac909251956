import APEXTypes
import ProcessScheduling
import TestSeeds

/// Thinks up services, of those that can happen in a world, wrong ones among them.
struct CallGenerator {
  var random: SeededGenerator
  let plan: WorldPlan
  private var messageCount: UInt8 = 0

  init(_ random: SeededGenerator, _ plan: WorldPlan) { (self.random, self.plan) = (random, plan) }

  mutating func oneIn(_ count: UInt64) -> Bool { random.oneIn(count) }
  mutating func number(_ range: ClosedRange<UInt64>) -> UInt64 { random.number(range) }

  private mutating func pick<Value>(_ values: [Value]) -> Value { values.randomElement(using: &random)! }

  /// One of so many, or one that there is not.
  private mutating func identifier(_ count: Int) -> Int32 {
    if count == 0 || oneIn(40) { return pick([0, -1, Int32(count) + 1, .max, .min]) }
    return Int32.random(in: 1...Int32(count), using: &random)
  }

  private mutating func process() -> Int32 { identifier(plan.processes.count) }

  private mutating func time() -> ServiceTime {
    switch number(0...40) {
    case 0: pick([.nanoseconds(-2), .nanoseconds(.min), .nanoseconds(.max), .nanoseconds(.max - 3_000)])
    case 1...4: .notAtAll
    case 5...10: .forEver
    // Some of them end at the same instant.
    case 11...20: .nanoseconds(Int64(number(1...8)) * 500)
    default: .nanoseconds(Int64(number(1...6_000)))
    }
  }

  private mutating func priority() -> Int32 {
    if oneIn(40) { return pick([0, -1, 240]) }
    let base = pick(plan.processes).priority
    return min(max(base + pick([-1, 0, 0, 0, 1]), 1), 239)
  }

  private mutating func message(_ longest: Int32) -> [UInt8] {
    messageCount &+= 1
    let length = oneIn(40) ? pick([0, longest + 1]) : Int32.random(in: 1...longest, using: &random)
    return (0..<UInt8(length)).map { messageCount &+ $0 &* 7 }
  }

  // MARK: Services

  /// Of whoever runs, by the reference.
  mutating func call(_ reference: Reference) -> Call {
    if let runner = reference.runner {
      // Whoever owns something is not to keep it for ever.
      if reference.lockLevel > 0, oneIn(3) { return .unlockPreemption }
      // An owner that runs goes before all who want its mutex: they wait for one that has stopped.
      if runner.mutex != nil, oneIn(12) { return .stopSelf }
      if let mutex = runner.mutex, oneIn(3) { return .releaseMutex(mutex.identifier) }
      if runner.isPeriodic, oneIn(6) { return .periodicWait }
      if oneIn(7) { return .timedWait(time()) }
    }
    switch number(0...9) {
    case 0...2: return processCall()
    case 3: return timeCall()
    case 4, 5: return signalCall()
    case 6, 7: return mutexCall()
    default: return messageCall()
    }
  }

  /// What an interrupt's handler, or the error handler, would do; it may be all that goes on.
  mutating func handlersCall(_ reference: Reference) -> Call {
    let dormant = reference.processes.filter(\.isDormant)
    if let one = dormant.randomElement(using: &random), oneIn(3) { return .start(one.identifier, after: delay()) }
    let suspended = reference.processes.filter(\.isSuspended)
    if let one = suspended.randomElement(using: &random), oneIn(3) { return .resume(one.identifier) }
    let owner = reference.mutexes.first { $0.owner?.isDormant == true }
    if let owner, oneIn(8) { return .resetMutex(owner.identifier, of: owner.owner!.identifier) }
    return call(reference)
  }

  private mutating func delay() -> ServiceTime { oneIn(2) ? .notAtAll : time() }

  private mutating func processCall() -> Call {
    switch number(0...15) {
    case 0...2: .setPriority(process(), priority())
    case 3: .suspendSelf(time())
    case 4...6: .suspend(process())
    case 7...9: .resume(process())
    case 10: oneIn(4) ? .stopSelf : .lockPreemption
    case 11: oneIn(3) ? .stop(process()) : .resume(process())
    case 12...14: .start(process(), after: delay())
    default: .lockPreemption
    }
  }

  private mutating func timeCall() -> Call {
    switch number(0...5) {
    case 0: .periodicWait
    case 1, 2: .replenish(time())
    case 3: .unlockPreemption
    default: .timedWait(time())
    }
  }

  private mutating func signalCall() -> Call {
    let (semaphore, event) = (identifier(plan.semaphores.count), identifier(plan.eventCount))
    switch number(0...9) {
    case 0...2: return .waitSemaphore(semaphore, time())
    case 3...5: return .signalSemaphore(semaphore)
    case 6, 7: return .waitEvent(event, time())
    case 8: return .setEvent(event)
    default: return .resetEvent(event)
    }
  }

  private mutating func mutexCall() -> Call {
    let mutex = identifier(plan.mutexes.count)
    switch number(0...7) {
    case 0...4: return .acquireMutex(mutex, time())
    case 5, 6: return .releaseMutex(mutex)
    default: return .resetMutex(mutex, of: process())
    }
  }

  private mutating func messageCall() -> Call {
    let (buffer, blackboard) = (identifier(plan.buffers.count), identifier(plan.blackboards.count))
    let bytes = plan.buffers.indices.contains(Int(buffer) - 1) ? plan.buffers[Int(buffer) - 1].bytes : 4
    let others = plan.blackboards.indices.contains(Int(blackboard) - 1) ? plan.blackboards[Int(blackboard) - 1] : 4
    switch number(0...9) {
    case 0...2: return .sendBuffer(buffer, message(bytes), time())
    case 3...5: return .receiveBuffer(buffer, time())
    case 6: return .displayBlackboard(blackboard, message(others))
    case 7, 8: return .readBlackboard(blackboard, time())
    default: return .clearBlackboard(blackboard)
    }
  }
}

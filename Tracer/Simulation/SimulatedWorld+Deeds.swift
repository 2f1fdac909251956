import APEXTypes
import ModuleConfiguration
import PartitionCore
import TraceFormat

// What partitions do while they have the CPU.
extension SimulatedWorld {
  /// When the partition would enter the kernel by itself; all ones for never.
  func nextDeed(of partition: PartitionIndex, from exit: UInt64) -> UInt64 {
    let index = Int(partition.rawValue)
    let guest = guests[index]
    switch guest.activity {
    case .handling: return exit + generator.number(60...260)
    case .catching: return exit + generator.number(150...500)
    case .ordinary: break
    }
    if guest.mustPoll { return exit + 40 }
    if !guest.isSetUp { return exit + generator.number(80...400) }
    // The drainer runs on until somebody else may.
    guard !guest.plan.isDrainer, ring.window.owner == partition.rawValue else { return .max }
    if guest.plannedWindow != ring.window.start { planWindow(index) }
    if exit >= guests[index].lastCall { guests[index].callsLeft = 0 }
    guard guests[index].callsLeft > 0 else {
      return guests[index].finish == .max ? .max : max(exit + 200, guests[index].finish)
    }
    let rest = guests[index].finish == .max ? ring.window.end : guests[index].finish
    let span = rest > exit ? (rest - exit) / guests[index].callsLeft : 0
    let deed = exit + generator.number(120...max(400, span * 2 - span / 4))
    // With few calls left a gap may reach far beyond the window's end, and nothing else need come until then.
    return min(deed, max(exit + 120, guests[index].lastCall))
  }

  /// How much the partition does in the window that has just begun, and when it wants to be done with it.
  private func planWindow(_ index: Int) {
    let window = ring.window
    let length = window.end - window.start
    guests[index].plannedWindow = window.start
    let mean = max(1, length / options.meanCallGap)
    // Loads differ from window to window; in a shuffled world by a factor of sixteen.
    let calls = options.isShuffled ? generator.number(mean / 8...mean * 2) : generator.number(mean / 2...mean * 3 / 2)
    guests[index].callsLeft = max(1, calls)
    let limit = min(length, guests[index].plan.deadline)
    if guests[index].plan.deadline == .max, generator.oneIn(2) {
      guests[index].finish = .max
    } else {
      guests[index].finish = window.start + generator.number(limit / 4...limit * 3 / 4)
    }
    guard guests[index].plan.deadline != .max else {
      guests[index].lastCall = .max
      return
    }
    // What is left then is for the yield and for interrupts before it; the window's end comes early, by L.
    guests[index].lastCall = window.start + min(limit - limit / 8, length - 2 * min(length / 2, allowance))
    guests[index].finish = min(guests[index].finish, guests[index].lastCall)
  }

  /// The partition does what it is about.
  func perform(_ partition: PartitionIndex, _ exit: UInt64, at instant: UInt64) {
    let index = Int(partition.rawValue)
    switch guests[index].activity {
    case .handling(let vector, let isAcknowledged):
      handle(index, vector, isAcknowledged, partition, exit, at: instant)
    case .catching:
      // The handler gives the context back in ring 3; what follows is done at once.
      guests[index].endException()
      guests[index].mustPoll = core.decision.hasPendingMarks && guests[index].isOn
      continueInRing3(partition, exit, at: instant)
    case .ordinary: work(index, partition, exit, at: instant)
    }
  }

  /// An upcall's handler acknowledges its line, or returns.
  func handle(
    _ index: Int, _ vector: UInt8, _ isAcknowledged: Bool, _ partition: PartitionIndex, _ exit: UInt64,
    at instant: UInt64
  ) {
    guard isAcknowledged else {
      guests[index].activity = .handling(vector: vector, isAcknowledged: true)
      return call(GuestCall(.acknowledgeInterrupt, UInt64(vector)), partition, exit, at: instant)
    }
    if core.decision.hasPendingMarks {
      // The trampoline counts the return before it asks for it, and the next upcall takes the frame.
      guests[index].run()
      guests[index].countReturn()
      let isOver = core.isHandlerOver(partition, exceptionsReturned: guests[index].exceptionsReturned)
      call(GuestCall(.returnFromUpcall, operand: isOver ? 7 : 3), partition, exit, at: instant)
      if core.decision.upcall?.reusesFrame == true { guests[index].forgetReplaced() }
      return
    }
    guests[index].run()
    guests[index].countReturn()
    guests[index].setFlag(true)
    guests[index].endUpcall()
    continueInRing3(partition, exit, at: instant)
  }

  /// The handler of an upcall counts as returned, and the flag stays off.
  func leaveMasked(_ index: Int, _ partition: PartitionIndex, _ exit: UInt64, at instant: UInt64) {
    guests[index].run()
    guests[index].countReturn()
    guests[index].endUpcall(isMasked: true)
    continueInRing3(partition, exit, at: instant)
  }

  /// Something was done in ring 3 alone: the partition goes on, without an entry in between.
  private func continueInRing3(_ partition: PartitionIndex, _ exit: UInt64, at instant: UInt64) {
    behaviour?.noteComputation(of: partition, from: exit, to: instant, in: self)
    let next = nextInterrupt(after: instant)
    let deed = behaviour?.nextDeed(of: partition, from: instant, in: self) ?? nextDeed(of: partition, from: instant)
    if next <= deed { return interrupt(at: next, exit, partition) }
    carryOut(partition, exit, at: deed)
  }

  private func work(_ index: Int, _ partition: PartitionIndex, _ exit: UInt64, at instant: UInt64) {
    if guests[index].mustPoll {
      guests[index].mustPoll = false
      return call(GuestCall(.null), partition, exit, at: instant)
    }
    if let setup = guests[index].nextSetup() { return call(setup, partition, exit, at: instant) }
    guard guests[index].callsLeft > 0 else { return call(GuestCall(.yield), partition, exit, at: instant) }
    guests[index].callsLeft -= 1
    if guests[index].plan.handlesExceptions, generator.oneIn(300) {
      return fault(partition, exit, at: instant)
    }
    var next = guests[index].plan.call(&generator)
    if next.number == HypercallNumber.setTimer.rawValue {
      next.arguments.0 = instant + generator.number(400_000...9_000_000)
    }
    call(next, partition, exit, at: instant)
  }

  func call(_ call: GuestCall, _ partition: PartitionIndex, _ exit: UInt64, at instant: UInt64) {
    let index = Int(partition.rawValue)
    let snapshot = enter(at: instant, exit, partition)
    let count = HypercallNumber(rawValue: call.number)?.argumentCount ?? 0
    var words = TraceEvent.Words(snapshot.counterWord, snapshot.resumeDelay, call.operand)
    if count > 0 { words.w3 = call.arguments.0 }
    if count > 1 { words.w4 = call.arguments.1 }
    if count > 2 { words.w5 = call.arguments.2 }
    if count > 3 { words.w6 = call.arguments.3 }
    record(
      .hypercall, at: instant, partition: partition.rawValue, detail: snapshot.flags.rawValue,
      operand: snapshot.operand(call.number), wordCount: 3 + count, words)
    core.hypercall(call.hypercall, snapshot, at: SystemTime(nanoseconds: instant), into: &recorder)
    if call.number == HypercallNumber.setUpcallEntry.rawValue {
      // From here on it takes upcalls: lines are set up one by one, and each mark finds its handler.
      guests[index].hasUpcallEntry = true
      if behaviour == nil { guests[index].setFlag(true) }
    }
    act()
  }

  private func fault(_ partition: PartitionIndex, _ exit: UInt64, at instant: UInt64) {
    let plan = guests[Int(partition.rawValue)].plan
    let vector = ([0, 6, 14] as [UInt8])[Int(generator.number(0...2))]
    let address = vector == 14 ? generator.number(1...1 << 20) << 12 : 0
    let errorCode: UInt64 = vector == 14 ? 4 + generator.number(0...1) * 2 : 0
    let instruction = plan.code + generator.number(0...4095)
    fault(GuestFault(vector, errorCode, address, instruction), partition, exit, at: instant)
  }

  func fault(_ fault: GuestFault, _ partition: PartitionIndex, _ exit: UInt64, at instant: UInt64) {
    let snapshot = enter(at: instant, exit, partition, for: fault)
    let returned = fault.exceptionsReturned ?? guests[Int(partition.rawValue)].exceptionsReturned
    record(
      .exception, at: instant, partition: partition.rawValue, detail: snapshot.flags.rawValue,
      operand: snapshot.operand(UInt16(fault.vector)), wordCount: 6,
      .init(
        snapshot.counterWord, snapshot.resumeDelay, fault.errorCode, fault.address, fault.instruction,
        UInt64(returned)))
    core.exception(
      vector: fault.vector, errorCode: fault.errorCode, address: fault.address, exceptionsReturned: returned, snapshot,
      at: SystemTime(nanoseconds: instant), into: &recorder)
    act()
  }
}

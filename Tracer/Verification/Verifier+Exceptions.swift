import APEXTypes
import EventRows
import ModuleConfiguration
import TextForms
import TraceFormat

/// CPU exceptions and errors of process level that go to the partition's own handlers.
extension Verifier {
  /// The vector of an error handler among the exception handlers.
  static let errorVector = 32

  mutating func exception(_ event: RowReference) {
    let told = event.operand & 0xFFFF
    guard event.partition != 0xFF, told < 32 else {
      if fails(.meaning) { explain("exception \(told) of \(name(event.partition)) has no meaning") }
      return
    }
    enter(event)
    tally(.exceptionAnswered)
    step.looked = event.words.w2
    step.argument0 = event.words.w3
    step.argument1 = event.words.w5
    rare.isTouched = true
    learnHandler(of: event.partition, told: event.words.w5)
    let guest = guests[Int(event.partition)]
    var vector = Int(step.what)
    if let gate = gateMeant {
      guard guest.handlersKnown & 1 << UInt64(gate) != 0 else { return }
      // Without a handler of its own the instruction stays the fault as which it came.
      if guest.handlers[gate] != 0 { vector = gate }
    }
    guard guest.isReflectedKnown, guest.isEntryKnown, guest.handlersKnown & 1 << UInt64(vector) != 0 else { return }
    let canTake =
      guest.handlers[vector] != 0 && guest.exceptionEntry != 0 && step.flags.contains(.frameFits)
      && !step.flags.contains(.inReturnTail) && guest.reflectedCount == UInt32(truncatingIfNeeded: event.words.w5)
    if canTake { rare.mustReflect = Int16(vector) }
  }

  /// An exception, or an error that is raised, tells of how many the partition has come back: of all, if it is in none.
  ///
  /// Whatever else the count says, the handler is over where it is not what it was at the handler's beginning; the
  /// partition counts from there on.
  @inline(never)
  mutating func learnHandler(of partition: UInt8, told: UInt64) {
    assumeReflected(partition)
    let index = Int(partition)
    guard guests[index].isReflectedKnown else { return }
    let told = UInt32(truncatingIfNeeded: told)
    let (count, phase) = (guests[index].reflectedCount, partitions[index].handlerPhase)
    if guests[index].isReflectedGuessed {
      guests[index].isReflectedGuessed = false
      guests[index].reflected = OpenCount(UInt64(told))
      if phase != .none { partitions[index].handlerPhase = .over }
      return
    }
    if phase != .none, told == count &- guests[index].handlerLead {
      if phase != .inside { partitions[index].handlerPhase = .writtenBack }
      return
    }
    if phase != .none { partitions[index].handlerPhase = .over }
    guard told != count else { return }
    guests[index].handlerLead = guests[index].handlerLead &+ (told &- count)
    guests[index].reflected = OpenCount(UInt64(told))
  }

  /// What the step's exception was meant as: `int3` and `int 4` of ring 3 come as protection faults that name their
  /// gate, for no gate may be called from there.
  var gateMeant: Int? {
    guard step.what == 13 else { return nil }
    return step.looked == 3 << 3 | 2 ? 3 : step.looked == 4 << 3 | 2 ? 4 : nil
  }

  mutating func setExceptionHandler(_ partition: UInt8) {
    tally(.registration)
    let address = step.argument1
    guard step.argument0 <= UInt64(Self.errorVector) else {
      if fails(.registration) { explain("a handler of exception \(step.argument0) was registered; there are 0 … 32") }
      return
    }
    if address != 0, !plan.partitions[Int(partition)].executable.contains(where: { $0.contains(address) }),
      fails(.registration)
    {
      explain("\(name(partition)) registered a handler at \(address.hexadecimal), outside its executable memory")
    }
    guests[Int(partition)].handlers[Int(step.argument0)] = address
    guests[Int(partition)].handlersKnown |= 1 << step.argument0
  }

  mutating func exceptionReflected(_ event: RowReference) {
    guard event.partition != 0xFF, event.operand <= UInt32(Self.errorVector) else {
      if fails(.meaning) { explain("exception \(event.operand) reflected to \(name(event.partition)) has no meaning") }
      return
    }
    rare.isTouched = true
    rare.reflectionDue = Int16(event.operand)
    rare.reflectedTo = event.partition
    let index = Int(event.partition)
    if step.kind != 0 {
      if event.operand == UInt32(Self.errorVector) { judgeProcessLevel(event, index) } else { judgeReflected(event) }
    }
    judgeHandler(event, index)
    assumeReflected(event.partition)
    let told = toldReturns(of: event.partition) ?? guests[index].reflectedCount
    guests[index].reflected.add(1)
    guests[index].handlerLead = guests[index].reflectedCount &- told
    partitions[index].handlerPhase = .inside
    partitions[index].isHandlerOverTold = false
    partitions[index].isEnabled = false
    partitions[index].isEnabledKnown = true
    partitions[index].wasInTail = false
  }

  /// What the step's exception or raised error tells of handlers that have come back; nil where it is none of this
  /// partition.
  private func toldReturns(of partition: UInt8) -> UInt32? {
    guard step.partition == partition else { return nil }
    if step.kind == EventKind.exception.rawValue { return UInt32(truncatingIfNeeded: step.argument1) }
    guard step.kind == EventKind.hypercall.rawValue, step.what == HypercallNumber.raiseApplicationError.rawValue else {
      return nil
    }
    return UInt32(truncatingIfNeeded: step.looked)
  }

  private mutating func judgeReflected(_ event: RowReference) {
    tally(.exceptionReflected)
    let isGate = gateMeant.map { UInt32($0) == event.operand } ?? false
    let vector = isGate ? event.operand : UInt32(step.what)
    let belongs =
      step.kind == EventKind.exception.rawValue && step.partition == event.partition && event.operand == vector
      && !rare.isReflected
    let isCauseRight =
      (event.words.w1 == step.looked || isGate && event.words.w1 == 0)
      && (event.words.w2 == step.argument0 || vector != 14 && event.words.w2 == 0)
    if !belongs || !isCauseRight, fails(.exceptionReflected) {
      explain(
        "exception \(event.operand) with error code \(event.words.w1) at \(event.words.w2.hexadecimal) is reflected "
          + "to \(name(event.partition)); "
          + (belongs ? "it came with \(step.looked) at \(step.argument0.hexadecimal)" : "it did not occur"))
    }
    guard belongs else { return }
    rare.isReflected = true
    assumeReflected(event.partition)
    let guest = guests[Int(event.partition)]
    if !isGate, let gate = gateMeant, guest.handlersKnown & 1 << UInt64(gate) != 0, guest.handlers[gate] != 0,
      fails(.exceptionReflected)
    {
      explain("exception 13 is reflected to \(name(event.partition)), and meant as \(gate), which has a handler")
    }
    if guest.isReflectedKnown, partitions[Int(event.partition)].handlerPhase != .writtenBack {
      if guest.reflectedCount != UInt32(truncatingIfNeeded: step.argument1), fails(.exceptionReflected) {
        explain("exception \(event.operand) of \(name(event.partition)) is reflected into its own handler")
      }
    } else {
      guests[Int(event.partition)].reflected = OpenCount(step.argument1 & 0xFFFF_FFFF)
      guests[Int(event.partition)].isReflectedKnown = true
    }
  }

  private mutating func judgeHandler(_ event: RowReference, _ index: Int) {
    guard guests[index].handlersKnown & 1 << UInt64(event.operand) != 0 else { return }
    let handler = guests[index].handlers[Int(event.operand)]
    if handler == 0 || handler != event.words.w0, fails(.exceptionReflected) {
      explain(
        "exception \(event.operand) goes to \(event.words.w0.hexadecimal) in \(name(event.partition)); registered is "
          + (handler == 0 ? "nothing" : handler.hexadecimal))
    }
  }

  mutating func exceptionWritten(_ event: RowReference) {
    guard step.kind != 0 else { return }
    tally(.exceptionWritten)
    guard rare.reflectionDue >= 0, UInt32(rare.reflectionDue) == event.operand, rare.reflectedTo == event.partition
    else {
      if fails(.exceptionWritten) {
        explain("a frame of exception \(event.operand) is written for \(name(event.partition)), undecided")
      }
      return
    }
    rare.reflectionDue = -1
    let guest = guests[Int(event.partition)]
    if event.words.w2 != 0 {
      if fails(.exceptionWritten) { explain("the exception's frame is written, and interrupts are still on") }
    } else if guest.isEntryKnown, guest.exceptionEntry != event.words.w1, fails(.exceptionWritten) {
      explain(
        "the exception goes to \(event.words.w1.hexadecimal); the partition's entry is "
          + guest.exceptionEntry.hexadecimal)
    }
  }

  mutating func closeException() {
    let isAnswered =
      rare.isReflected || rare.error >= 0 || !step.happenings.isDisjoint(with: [.healthAction, .acted])
    if !isAnswered, fails(.exceptionAnswered) {
      explain("exception \(step.what) of \(name(step.partition)) at event \(step.position) got no answer")
    }
    if rare.isReflected, rare.error >= 0, fails(.exceptionAnswered) {
      explain("exception \(step.what) of \(name(step.partition)) was reflected, and told to the health monitor too")
    }
    if rare.mustReflect >= 0 {
      tally(.exceptionHandler)
      if !rare.isReflected, fails(.exceptionHandler) {
        explain("\(name(step.partition)) has a handler for exception \(rare.mustReflect), and did not get it")
      }
    }
  }

  /// The partition stops or starts anew: what was reflected to it in this step is not written any more.
  mutating func forgetReflection(to partition: UInt8) {
    if rare.reflectedTo == partition { rare.reflectionDue = -1 }
  }

  mutating func closeReflection() {
    if rare.reflectionDue >= 0, fails(.exceptionWritten) {
      explain("exception \(rare.reflectionDue) was reflected, and its frame was not written")
    }
  }
}

import APEXTypes
import EventRows
import ModuleConfiguration
import TextForms
import TraceFormat

/// Health callbacks: a partition's own code that comes before the action that its error brings.
extension Verifier {
  mutating func callback(_ event: RowReference) {
    guard event.partition != 0xFF, event.operand < 8 else {
      if fails(.meaning) { explain("a callback of \(name(event.partition)) has no meaning") }
      return
    }
    rare.isTouched = true
    tally(.healthCallback)
    let index = Int(event.partition)
    let belongs = rare.error == Int16(event.operand) && rare.errorPartition == event.partition && !rare.isErrorAnswered
    let rule = plan.healthRule(event.partition, event.operand, rare.errorState) ?? ModulePlan.HealthRule()
    let entry = plan.partitions[index].callbackEntry
    let isRight = event.words.w0 == entry && entry != 0 && event.words.w1 == UInt64(rule.action.rawValue)
    if step.kind != 0, !belongs || !isRight || rare.errorLevel == ErrorLevel.module.rawValue, fails(.healthCallback) {
      explain(
        belongs
          ? "the callback of \(name(event.partition)) is at \(event.words.w0.hexadecimal), before action "
            + "\(event.words.w1); the table has \(entry.hexadecimal) and \(rule.action)"
          : "the callback of \(name(event.partition)) begins, and no error of its level was entered")
    }
    // Of an error that was not entered the level says nothing.
    if belongs, rule.level == .process, step.kind != 0 { judgeHandlerLeftOut(event.partition) }
    noteInLog(UInt8(truncatingIfNeeded: event.words.w1))
    rare.isErrorAnswered = true
    rare.callbackDue = Int16(index)
    rare.callbacksOver &= ~(1 << UInt32(index))
    guests[index].callbackError = Int16(event.operand)
    guests[index].callbackAction = UInt8(truncatingIfNeeded: event.words.w1)
    guests[index].callbackException = UInt64(rare.errorVector)
    partitions[index].isContextDue = true
    partitions[index].isEnabledKnown = false
  }

  /// The action that waited for a callback: it comes when that is complete, or its window ends.
  mutating func judgeAfterCallback(_ event: RowReference, _ index: Int) {
    tally(.healthCallback)
    let guest = guests[index]
    guests[index].callbackError = -1
    if event.detail != guest.callbackAction, fails(.healthAction) {
      explain(
        "after its callback \(name(event.partition)) gets action \(event.detail), announced was "
          + "\(guest.callbackAction)")
    }
    let isComplete =
      step.kind == EventKind.hypercall.rawValue && step.what == HypercallNumber.completeCallback.rawValue
      && step.partition == event.partition
    let isOver = !schedule.isWindowKnown || rare.callbacksOver & 1 << UInt32(index) != 0 || rare.error >= 0
    if step.kind != 0, !isComplete, !isOver, fails(.healthCallback) {
      explain("the callback of \(name(event.partition)) was not complete, nor its window over, when its action came")
    }
    if rare.error >= 0, rare.errorPartition == event.partition {
      noteInLog(event.detail)
      rare.isErrorAnswered = true
    }
  }

  mutating func closeCallback() {
    if rare.callbackDue >= 0, partitions[Int(rare.callbackDue)].isContextDue, fails(.restartContext) {
      explain("the callback of \(name(UInt8(rare.callbackDue))) was decided, and its registers were not set")
    }
    guard rare.callbacksOver != 0 else { return }
    for index in guests.indices where rare.callbacksOver & 1 << UInt32(index) != 0 && guests[index].callbackError >= 0 {
      if fails(.healthCallback) {
        explain("the window of \(name(UInt8(index))) ended in its callback, and no action followed")
      }
    }
  }

  /// A callback was completed: the action must be in the same step. One that has only begun in it is another one.
  mutating func closeCompletion() {
    guard guests[Int(step.partition)].callbackError >= 0, rare.callbackDue != Int16(step.partition) else { return }
    if fails(.healthCallback) { explain("\(name(step.partition)) completed its callback, and no action followed") }
  }

  /// In its health callback a partition has no mode to choose: the action is decided, and would never come.
  mutating func judgeChosenMode(_ index: Int) {
    guard guests[index].callbackError >= 0 else { return }
    tally(.healthCallback)
    if fails(.healthCallback) {
      explain("\(name(UInt8(index))) chose its mode in its health callback, and the action that was decided never came")
    }
  }
}

import APEXTypes
import EventRows
import ModuleConfiguration
import TraceFormat

/// Interrupts that no line raises: event channels, and who is marked for an error of the module or a queue.
extension Verifier {
  /// A mark of vector 48 … 66: each has a cause of its own kind.
  mutating func markOther(_ event: RowReference, _ index: Int, _ line: Int) {
    let bit: UInt64 = 1 << UInt64(line)
    guard step.kind != 0 else {
      // Its cause is missing, and with it the number of marks.
      partitions[index].pendingKnown &= ~bit
      return takeMark(event, index, line, 1)
    }
    rare.isTouched = true
    let state = partitions[index]
    let isRefused = state.registeredKnown & bit != 0 && state.registered & bit == 0
    switch line {
    case 16..<32: markEvent(event, isRefused)
    case 32: return markTicks(event, index, isRefused)
    case 33: markHealth(event, index, isRefused)
    default:
      rare.queueMarked |= 1 << UInt32(index)
      if isRefused, fails(.queueMark) {
        explain("\(name(event.partition)) is marked for a queue, and has not registered for it")
      }
    }
    takeMark(event, index, line, 1)
  }

  private mutating func markEvent(_ event: RowReference, _ isRefused: Bool) {
    tally(.eventMark)
    let channel = rare.raised >= 0 ? plan.eventChannels[Int(rare.raised)] : nil
    let belongs = channel.map { $0.destination == event.partition && UInt32($0.vector) == event.operand } ?? false
    if !belongs || isRefused || rare.isRaisedMarked, fails(.eventMark) {
      explain(
        "\(name(event.partition)) is marked for vector \(event.operand), "
          + (isRefused && belongs ? "which it has not bound" : "which nobody raised just now"))
    }
    if belongs { rare.isRaisedMarked = true }
  }

  private mutating func markHealth(_ event: RowReference, _ index: Int, _ isRefused: Bool) {
    tally(.healthMark)
    let bit: UInt32 = 1 << UInt32(index)
    let isDue = rare.healthMarkDue & bit != 0 && !isRefused
    if !isDue || rare.healthMarked & bit != 0, fails(.healthMark) {
      explain(
        "\(name(event.partition)) is marked for an error of the module, and "
          + (isDue ? "was before" : "there is none, no callback, or no registration of such a partition"))
    }
    rare.healthMarked |= bit
  }

  mutating func eventRaised(_ event: RowReference) {
    guard Int(event.operand) < plan.eventChannels.count, event.partition != 0xFF else {
      if fails(.meaning) { explain("event channel \(event.operand) is not one of \(plan.eventChannels.count)") }
      return
    }
    rare.isTouched = true
    tally(.eventRaised)
    let channel = plan.eventChannels[Int(event.operand)]
    let isAsked =
      step.kind == 0
      || step.kind == EventKind.hypercall.rawValue && step.what == HypercallNumber.raiseEvent.rawValue
        && step.partition == event.partition && step.argument0 == channel.identifier && rare.raised < 0
    let isRight =
      channel.source == event.partition && event.words.w0 == UInt64(channel.destination)
      && event.words.w1 == UInt64(channel.vector)
    if !isAsked || !isRight, fails(.eventRaised) {
      explain(
        "\(name(event.partition)) raises channel \(channel.identifier) for partition \(event.words.w0), vector "
          + "\(event.words.w1); it leads from \(name(channel.source)) to \(name(channel.destination)), vector "
          + "\(channel.vector)" + (isAsked ? "" : ", and was not asked for"))
    }
    if step.kind != 0 { rare.raised = Int16(event.operand) }
  }

  /// A raise that succeeded: it must have been decided.
  mutating func judgeRaised(_ partition: UInt8) {
    rare.isTouched = true
    let isSource = plan.eventChannels.contains { $0.identifier == step.argument0 && $0.source == partition }
    if !isSource, fails(.eventRaised) {
      explain("\(name(partition)) raised channel \(step.argument0), whose source it is not")
    }
  }

  /// The end of a step in which an event was raised, or should have been.
  mutating func closeEvents() {
    if step.kind == EventKind.hypercall.rawValue, step.what == HypercallNumber.raiseEvent.rawValue,
      step.happenings.contains(.answered), step.resultCode == 0, rare.raised < 0, fails(.eventRaised)
    {
      explain("\(name(step.partition)) raised channel \(step.argument0) with success, and no event says so")
    }
    if rare.raised >= 0 {
      let channel = plan.eventChannels[Int(rare.raised)]
      let index = Int(channel.destination)
      let bit: UInt64 = 1 << UInt64(channel.vector - 32)
      let state = partitions[index]
      tally(.eventMark)
      if state.registered & state.registeredKnown & bit != 0, !rare.isRaisedMarked, !state.isStopped,
        !state.mayBeStopped, fails(.eventMark)
      {
        explain("channel \(channel.identifier) was raised, and \(name(channel.destination)), bound to it, not marked")
      }
    }
    judgeMissing(rare.healthMarkDue & ~rare.healthMarked, 33, .healthMark, "an error at module level")
  }

  /// Partitions that had to be marked for `cause`, and were not.
  mutating func judgeMissing(_ missing: UInt32, _ line: Int, _ claim: ClaimKey, _ cause: String) {
    guard missing != 0 else { return }
    for index in partitions.indices where missing & 1 << UInt32(index) != 0 {
      let state = partitions[index]
      guard state.registered & state.registeredKnown & 1 << UInt64(line) != 0, !state.isStopped, !state.mayBeStopped
      else { continue }
      if fails(claim) { explain("\(name(UInt8(index))) has registered for it, and was not marked for \(cause)") }
    }
  }

  mutating func bindEvent(_ partition: UInt8) {
    tally(.registrationEvent)
    let channel = plan.eventChannels.first { $0.identifier == step.argument0 && $0.destination == partition }
    guard let channel, step.resultValue == UInt64(channel.vector) else {
      if fails(.registrationEvent) {
        explain(
          "\(name(partition)) bound channel \(step.argument0) as vector \(step.resultValue)"
            + (channel.map { "; it has vector \($0.vector)" } ?? ", whose destination it is not"))
      }
      return
    }
    setRegistered(Int(partition), Int(channel.vector) - 32, true)
  }
}

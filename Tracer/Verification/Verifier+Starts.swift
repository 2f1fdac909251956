import APEXTypes
import ModuleConfiguration
import TraceFormat

/// What a step owes for the modes that it changed: that who starts begins anew, and at the module's start everybody;
/// and that nobody runs before.
extension Verifier {
  /// The end of a step in which modes changed, or should have.
  mutating func closeModes() {
    if step.kind == EventKind.start.rawValue { judgeModuleStart() }
    guard rare.changed != 0 else { return }
    for index in partitions.indices where rare.changed & 1 << UInt32(index) != 0 {
      let bit: UInt32 = 1 << UInt32(index)
      if rare.missed & bit != 0, fails(.restartBegun) {
        explain("\(name(UInt8(index))) enters a start mode, and goes on to another without a start")
      }
      guard isInStartMode(index) else { continue }
      tally(.restartBegun)
      guard rare.begun & bit == 0 else { continue }
      forgetStart(index)
      let mode = partitions[index].mode
      if fails(.restartBegun) { explain("\(name(UInt8(index))) enters mode \(mode), and does not start anew") }
    }
  }

  func isInStartMode(_ index: Int) -> Bool {
    let mode = partitions[index].mode
    return mode == OperatingMode.coldStart.rawValue || mode == OperatingMode.warmStart.rawValue
  }

  /// A start was not told as one: what of the partition's interrupts survived it is not known.
  private mutating func forgetStart(_ index: Int) {
    let mode = partitions[index].mode
    let before = partitions[index]
    let action = (guests[index].isScheduleActionDue, guests[index].isScheduleActionKnown)
    partitions[index].forget()
    // Where no mark waited, none waits, whether it started or not; and what it had not registered, or not in service,
    // it has not.
    partitions[index].pendingKnown = before.pendingKnown & ~before.pending
    partitions[index].registeredKnown = before.registeredKnown & ~before.registered
    partitions[index].handlerKnown = before.handlerKnown & ~before.handler
    partitions[index].readyKnown = before.readyKnown & ~before.ready
    partitions[index].serviceKnown = before.serviceKnown & ~before.inService
    partitions[index].mode = mode
    partitions[index].mayBeStopped = false
    partitions[index].isInitialising = before.isInitialising
    // Only a start that was told takes a yield back.
    partitions[index].hasYielded = before.hasYielded
    partitions[index].hasRun = false
    guests[index].forget()
    (guests[index].isScheduleActionDue, guests[index].isScheduleActionKnown) = action
    // Nor is it registered where it was not.
    for line in registrationKnown.indices { registrationKnown[line] &= ~(registeredBy[line] & 1 << UInt32(index)) }
  }

  private mutating func judgeModuleStart() {
    tally(.restartStart)
    let everybody = UInt32(truncatingIfNeeded: (UInt64(1) << UInt64(partitions.count)) &- 1)
    let missing = everybody & ~rare.restarted
    if missing != 0, fails(.restartStart) {
      explain("the module starts, and \(name(UInt8(missing.trailingZeroBitCount))) does not")
    }
  }

  /// A partition that starts was found running.
  mutating func judgeStarting(_ partition: UInt8) {
    let index = Int(partition)
    if partitions[index].isInitialising {
      tally(.restartQuiet)
      if fails(.restartQuiet) {
        explain("\(name(partition)) runs, with \(guests[index].nextPiece) of \(guests[index].pieces) pieces made")
      }
      partitions[index].isInitialising = false
    }
    if partitions[index].isContextDue {
      tally(.restartContext)
      if fails(.restartContext) { explain("\(name(partition)) runs, and its registers were not reset for it") }
      partitions[index].isContextDue = false
    }
  }
}

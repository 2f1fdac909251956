import APEXTypes
import EventRows
import ModuleConfiguration
import TraceFormat

/// Module schedules: who may change them, when a change takes effect, and what it does to the partitions.
extension Verifier {
  mutating func scheduleChange(_ event: RowReference) {
    guard Int(event.operand) < plan.schedules.count, event.detail < 2 else {
      if fails(.meaning) { explain("schedule \(event.operand) is not one of the module's \(plan.schedules.count)") }
      return
    }
    rare.isTouched = true
    if event.detail == 0 {
      askedSchedule(event)
    } else {
      tally(.scheduleEffective)
      if schedule.isNextScheduleKnown, Int(event.operand) != schedule.nextSchedule, fails(.scheduleEffective) {
        explain("the module changes to schedule \(event.operand); asked for was \(schedule.nextSchedule)")
      }
      rare.scheduleDone = Int16(event.operand)
      schedule.nextSchedule = Int(event.operand)
      schedule.isNextScheduleKnown = true
      for index in guests.indices {
        guests[index].isScheduleActionDue = true
        guests[index].isScheduleActionKnown = true
      }
    }
  }

  private mutating func askedSchedule(_ event: RowReference) {
    tally(.scheduleAsked)
    let isAsked =
      step.kind == 0
      || step.kind == EventKind.hypercall.rawValue && step.what == HypercallNumber.setModuleSchedule.rawValue
        && step.partition == event.partition
        && plan.schedules[Int(event.operand)].identifier == step.argument0
    let mayAsk = event.partition != 0xFF && plan.partitions[Int(event.partition)].mayChangeSchedule
    if !isAsked || !mayAsk, fails(.scheduleAsked) {
      explain(
        "schedule \(event.operand) is asked for by \(name(event.partition)), who "
          + (mayAsk ? "did not ask for it" : "may not"))
    }
    rare.scheduleAsked = Int16(event.operand)
    schedule.nextSchedule = Int(event.operand)
    schedule.isNextScheduleKnown = true
  }

  mutating func judgeScheduleAsked(_ partition: UInt8) {
    tally(.scheduleAsked)
    if !plan.partitions[Int(partition)].mayChangeSchedule, fails(.scheduleAsked) {
      explain("\(name(partition)) may not change the module schedule, and it was granted")
    }
    rare.isTouched = true
  }

  /// A change of schedule was asked for and answered: it is to come exactly if it was granted.
  mutating func closeScheduleAsked() {
    let isDecided = rare.scheduleAsked >= 0
    guard isDecided != (step.resultCode == 0) else { return }
    if fails(.scheduleAsked) {
      explain(
        "\(name(step.partition)) asks for schedule \(step.argument0), is answered \(step.resultCode), and the change "
          + (isDecided ? "is to come all the same" : "is not decided"))
    }
  }

  /// A schedule was asked for by name.
  mutating func closeScheduleNamed() {
    tally(.scheduleNamed)
    let place = step.looked
    let isRight: Bool
    if place > 0, place <= UInt64(plan.schedules.count) {
      isRight = step.resultCode == 0 && step.resultValue == plan.schedules[Int(place) - 1].identifier
    } else {
      isRight =
        step.resultCode == ReturnCode.invalidConfiguration.rawValue
        || step.resultCode == ReturnCode.invalidParameter.rawValue
    }
    if !isRight, fails(.scheduleNamed) {
      explain(
        "\(name(step.partition)) asks for the schedule at place \(place) of the table, 0 for none, and is answered "
          + "\(step.resultCode) with identifier \(step.resultValue)")
    }
  }

  /// A major frame begins in a schedule; called before it is taken over.
  mutating func judgeSchedule(_ index: Int) {
    rare.isTouched = true
    rare.hasFrameStarted = true
    rare.frameSchedule = Int16(schedule.isFrameKnown && schedule.isScheduleKnown ? schedule.schedule : index)
    guard schedule.isFrameKnown, schedule.isNextScheduleKnown else { return }
    tally(.scheduleEffective)
    if index != schedule.nextSchedule, fails(.scheduleEffective) {
      explain("a major frame of schedule \(index) begins; of schedule \(schedule.nextSchedule) was due")
    }
  }

  /// The window of a partition begins: after a change of schedule its action is due.
  mutating func noteWindow(of partition: UInt8) {
    let index = Int(partition)
    if !guests[index].isScheduleActionKnown {
      rare.isTouched = true
      rare.unknownFor = Int16(partition)
      guests[index].isScheduleActionKnown = true
    }
    guard guests[index].isScheduleActionDue else { return }
    rare.isTouched = true
    rare.actedFor = Int16(partition)
    rare.scheduleDuty = scheduleDuty(of: index)
    rare.isScheduleExceeded = false
    guests[index].isScheduleActionDue = false
  }

  /// What a partition must do whose first window of another schedule begins, in whatever mode it is.
  private func scheduleDuty(of index: Int) -> ScheduleDuty {
    let state = partitions[index]
    guard schedule.isScheduleKnown, !state.mayBeStopped else { return .unknown }
    let action = plan.scheduleActions[schedule.schedule * partitions.count + index]
    if action == .ignore || UInt8(index) == plan.drainer { return .goOn }
    if state.isInitialising, !state.isStopped {
      // Who is starting goes on with that, unless it would keep what the table has cleared.
      guard action == .coldStart, state.mode != OperatingMode.coldStart.rawValue else { return .goOn }
      return state.mode == 0xFF ? .unknown : .cold
    }
    // Who has not yet been initialised has nothing to keep.
    if action == .coldStart || state.mode == OperatingMode.coldStart.rawValue { return .cold }
    return state.mode == 0xFF ? .either : .warm
  }

  mutating func closeSchedules() {
    if rare.hasFrameStarted, schedule.isFrameKnown {
      let hasChanged = Int(rare.frameSchedule) != schedule.schedule
      if hasChanged, rare.scheduleDone < 0, step.kind != 0, fails(.scheduleEffective) {
        explain("the major frame has schedule \(schedule.schedule), and no event says that it changed")
      }
    } else if rare.scheduleDone >= 0, step.kind != 0, fails(.scheduleEffective) {
      explain("the module schedule changes within a major frame")
    }
    if rare.scheduleDone >= 0 {
      schedule.lastChange = schedule.frameStart
      schedule.isLastChangeKnown = schedule.isFrameKnown
    }
    if rare.actedFor >= 0, step.kind != 0, !rare.isModuleReset { judgeScheduleDuty(Int(rare.actedFor)) }
  }

  private mutating func judgeScheduleDuty(_ index: Int) {
    guard rare.scheduleDuty != .unknown else { return }
    tally(.scheduleAction)
    let isRestarted = rare.restarted & 1 << UInt32(index) != 0
    let isCold = partitions[index].mode == OperatingMode.coldStart.rawValue
    let isWarm = partitions[index].mode == OperatingMode.warmStart.rawValue
    let isRight =
      switch rare.scheduleDuty {
      case .unknown: true
      case .goOn: !rare.isScheduleExceeded
      case .cold: isRestarted && isCold
      case .warm: isRestarted && isWarm
      case .either: isRestarted && (isCold || isWarm)
      }
    if !isRight, fails(.scheduleAction) {
      explain(
        "\(name(UInt8(index))) has its first window of schedule \(schedule.schedule), and must "
          + (rare.scheduleDuty == .goOn ? "go on as it is" : "start \(rare.scheduleDuty)"))
    }
  }
}

import APEXTypes
import ModuleConfiguration
import Testing
import TraceFormat

/// Starts of partitions on the machine: what is left of a life, and what the others notice of it.
@Suite struct LivesTests {
  private static let firstBirth = Lives.Birth(
    condition: .normalStart, mode: .coldStart, retainedLives: 1, ordinaryLives: 1, stains: 0)

  /// A warm start keeps retained data and nothing else; a cold start keeps nothing at all.
  @Test(arguments: [Lives.Scenario.askForWarmStart, .askForColdStart])
  func aPartitionRestartsItself(_ scenario: Lives.Scenario) throws {
    let lives = try Lives(phoenix: scenario)
    let isWarm = scenario == .askForWarmStart
    let second = Lives.Birth(
      condition: .partitionRestart, mode: isWarm ? .warmStart : .coldStart, retainedLives: isWarm ? 2 : 1,
      ordinaryLives: 1, stains: 0)
    #expect(try lives.births(of: "Phoenix") == [Self.firstBirth, second])
    let restarts = try lives.events(.restart, of: "Phoenix")
    #expect(restarts.count == 2)
    let pieces = try lives.events(.memoryPiece, of: "Phoenix").count
    #expect(pieces == Int(restarts.reduce(0) { $0 + $1.operand }))
    #expect(try lives.births(of: "Steward") == [Self.firstBirth])
    try lives.expectOrder()
  }

  @Test(arguments: [
    (Lives.Scenario.divideByZero, PartitionRecoveryAction.warmStart, ErrorCode.numericError),
    (.touchNothing, .coldStart, .memoryViolation),
  ])
  func theHealthMonitorRestartsAPartition(
    _ scenario: Lives.Scenario, _ action: PartitionRecoveryAction, _ error: ErrorCode
  ) throws {
    let lives = try Lives(phoenix: scenario)
    let isWarm = action == .warmStart
    let second = Lives.Birth(
      condition: .healthPartitionRestart, mode: isWarm ? .warmStart : .coldStart, retainedLives: isWarm ? 2 : 1,
      ordinaryLives: 1, stains: 0)
    #expect(try lives.births(of: "Phoenix") == [Self.firstBirth, second])
    #expect(try lives.events(.healthAction, of: "Phoenix").map(\.detail) == [action.rawValue])
    // The log survives the start: action, cause, level, state, error, partition.
    let vector: UInt64 = scenario == .divideByZero ? 0 : 14
    let entry = UInt64(action.rawValue) << 40 | (vector + 1) << 32 | 0x0101_0000 | UInt64(error.rawValue) << 8
    #expect(try lives.notes(Lives.noteLogged, of: "Phoenix") == [entry])
    try lives.expectOrder()
  }

  /// In COLD_START the row of initialisation holds.
  @Test func aFaultInInitialisationHasARowOfItsOwn() throws {
    let lives = try Lives(phoenix: .divideInInitialisation)
    #expect(try lives.births(of: "Phoenix").map(\.condition) == [.normalStart, .healthPartitionRestart])
    #expect(try lives.births(of: "Phoenix").map(\.mode) == [.coldStart, .coldStart])
    #expect(try lives.events(.healthError, of: "Phoenix").map { $0.operand >> 8 & 0xFF } == [2])
    try lives.expectOrder()
  }

  @Test(arguments: [Lives.Scenario.reportError, .askForIdle])
  func aPartitionEndsForGood(_ scenario: Lives.Scenario) throws {
    let lives = try Lives(phoenix: scenario)
    #expect(try lives.births(of: "Phoenix") == [Self.firstBirth])
    #expect(try lives.events(.modeChange, of: "Phoenix").last?.detail == OperatingMode.idle.rawValue)
    #expect(try lives.notes(Lives.noteLogged, of: "Phoenix").isEmpty, "the call does not come back")
    let isReport = scenario == .reportError
    #expect(try lives.events(.healthError, of: "Phoenix").map(\.detail) == (isReport ? [1] : []))
    try lives.expectOrder()
  }

  /// For ever in its own windows; the others' windows begin at their nanosecond.
  @Test func aRestartLoopHarmsNobody() throws {
    let lives = try Lives(phoenix: .startForEver)
    let births = try lives.births(of: "Phoenix")
    #expect(births.count > 500)
    #expect(
      births.dropFirst().allSatisfy { $0.condition == .partitionRestart && $0.stains == 0 && $0.ordinaryLives == 1 })
    #expect(try lives.births(of: "Steward").count == 1)
    try lives.expectOrder()
  }

  /// The pieces of Witness's memory come at the same nanosecond behind a neighbour that has left its window to the
  /// drainer as behind one that starts for ever.
  @Test func aStartTakesAsLongWhoeverRanBefore() throws {
    let spans = try [Lives.Scenario.liveOn, .startForEver].map { scenario in
      let lives = try Lives(phoenix: scenario, milliseconds: 15)
      let window = try #require(try lives.events(.windowStart, of: "Witness").first)
      let pieces = try lives.events(.memoryPiece, of: "Witness")
      #expect(pieces.count > 5)
      let resets = try lives.events(.contextReset, of: "Witness")
      #expect(resets.count == 1)
      return (pieces + resets).map { $0.time - window.words.w0 }
    }
    #expect(spans[0] == spans[1])
  }

  /// An ignored fault comes again and again, in its own windows.
  @Test func anIgnoredFaultHarmsNobody() throws {
    let lives = try Lives(
      phoenix: .touchForEver, milliseconds: 160,
      replacing: [("ErrorIdentifier=\"2\" Action=\"COLD_START\"", "ErrorIdentifier=\"2\" Action=\"IGNORE\"")])
    #expect(try lives.events(.exception, of: "Phoenix").count > 500)
    #expect(try lives.births(of: "Phoenix").count == 1)
    try lives.expectOrder()
  }

  // MARK: The module

  @Test func theModuleResets() throws {
    let lives = try Lives(phoenix: .executeNothing)
    let second = Lives.Birth(
      condition: .healthModuleRestart, mode: .coldStart, retainedLives: 1, ordinaryLives: 1, stains: 0)
    for name in ["Phoenix", "Steward"] { #expect(try lives.births(of: name) == [Self.firstBirth, second], "\(name)") }
    #expect(try lives.events(.restart, of: "Witness").count == 2)
    #expect(try lives.events(.restart, of: "Drainer").count == 1)
    #expect(try lives.events(.moduleAction, of: "Phoenix").map(\.detail) == [2])
    try lives.expectOrder()
  }

  @Test func theModuleShutsDown() throws {
    let lives = try Lives(phoenix: .executeNothing, replacing: [("Action=\"RESET\"", "Action=\"SHUTDOWN\"")])
    let stop = try #require(lives.run.events(.stop).first?.event)
    #expect(stop.detail == StopReason.healthMonitor.rawValue)
    #expect(stop.time > 100_000_000 && stop.time < 125_000_000)
    #expect(lives.run.condition == .complete)
    #expect(try lives.events(.moduleAction, of: "Phoenix").map(\.detail) == [1])
    #expect(try Judge.replay(lives.run.trace).verdict == .identical)
  }

  /// The steward hears of the error in its window; the module resets with the next major frame.
  @Test func theSystemPartitionHearsFirst() throws {
    let lives = try Lives(
      phoenix: .executeNothing, replacing: [("<Module_HM_Table>", "<Module_HM_Table ModuleCallback=\"steward\">")])
    let heard = try lives.notes(Lives.noteHeard, of: "Steward")
    // One upcall for all errors until then: the invalid instruction comes again and again.
    #expect(heard.count == 1 && heard.allSatisfy { $0 & 0xFFFF_FFFF == 65 })
    #expect(try lives.notes(Lives.noteHeard, of: "Phoenix").isEmpty)
    let error = try #require(try lives.events(.healthError, of: "Phoenix").first)
    let action = try #require(try lives.events(.moduleAction, of: "Phoenix").first)
    let frame = try #require(lives.run.events(.majorFrameStart).map(\.event).first { $0.time > error.time })
    #expect(action.time >= frame.time && action.time < frame.time + 20_000)
    #expect(try lives.births(of: "Steward").map(\.condition) == [.normalStart, .healthModuleRestart])
    try lives.expectOrder()
  }

  // MARK: Callbacks

  private static let callback = (
    "<Partition_HM_Table PartitionIdentifier=\"1\">",
    "<Partition_HM_Table PartitionIdentifier=\"1\" PartitionCallback=\"phoenix_callback\">"
  )

  @Test(arguments: [Lives.Callback.complete, .fault, .neverEnd, .comeBack])
  func theCallbackComesFirst(_ callback: Lives.Callback) throws {
    let lives = try Lives(phoenix: .touchNothing, callback: callback, replacing: [Self.callback])
    let address: UInt64 = 0x1234_5678
    let action = UInt64(PartitionRecoveryAction.coldStart.rawValue)
    let called = UInt64(ErrorCode.memoryViolation.rawValue) | action << 8 | address << 32
    #expect(try lives.notes(Lives.noteCalled, of: "Phoenix") == [called])
    #expect(try lives.events(.callback, of: "Phoenix").count == 1)
    #expect(try lives.events(.healthAction, of: "Phoenix").map(\.detail) == [UInt8(action)])
    #expect(try lives.births(of: "Phoenix").map(\.condition) == [.normalStart, .healthPartitionRestart])
    #expect(try lives.births(of: "Phoenix").allSatisfy { $0.stains == 0 })
    let errors = callback == .fault || callback == .comeBack ? 2 : 1
    #expect(try lives.events(.healthError, of: "Phoenix").count == errors)
    try lives.expectOrder()
  }

  // MARK: Schedules

  /// Warm, nothing and cold, each at the partition's first window of the new schedule.
  @Test func theScheduleChanges() throws {
    let lives = try Lives(steward: .changeSchedule)
    let changes = lives.run.events(.scheduleChange).map(\.event)
    #expect(changes.map(\.detail) == [0, 1])
    let change = try #require(changes.last)
    let frames = lives.run.events(.majorFrameStart).map(\.event)
    #expect(frames.filter { $0.time < change.time }.allSatisfy { $0.detail == 0 })
    let after = frames.filter { $0.time > change.time }
    #expect(after.allSatisfy { $0.detail == 1 })
    for (one, next) in zip(after, after.dropFirst()) { #expect(next.words.w0 - one.words.w0 == 10_000_000) }
    #expect(
      try lives.births(of: "Phoenix") == [
        Self.firstBirth,
        Lives.Birth(
          condition: .partitionRestart, mode: .warmStart, retainedLives: 2, ordinaryLives: 1, stains: 0),
      ])
    #expect(try lives.births(of: "Steward").map(\.mode) == [.coldStart, .coldStart])
    #expect(try lives.births(of: "Steward").map(\.retainedLives) == [1, 1])
    #expect(try lives.events(.restart, of: "Witness").count == 1)
    for name in ["Phoenix", "Steward"] {
      let restart = try #require(try lives.events(.restart, of: name).last)
      let window = try #require(try lives.events(.windowStart, of: name).first { $0.time > change.time })
      #expect(restart.time >= window.time && restart.time < window.time + 20_000, "\(name)")
    }
    // GET_PARTITION_STATUS follows; who starts with the change sees no other any more.
    func promise(_ period: UInt64, _ duration: UInt64) -> UInt64 { period << 32 | duration }
    #expect(
      try lives.notes(Lives.notePromised, of: "Phoenix") == [promise(10_000, 4_000), promise(10_000, 3_000)])
    #expect(
      try lives.notes(Lives.notePromised, of: "Steward") == [promise(20_000, 3_000), promise(10_000, 2_000)])
    try lives.expectOrder()
  }

  /// Its warm start takes several windows, and the schedule changes in the midst of it to one that wants a cold start:
  /// nothing is kept.
  @Test func aWarmStartUnderWayGivesWayToAColdOne() throws {
    let lives = try Lives(
      phoenix: .askForWarmStart, steward: .changeSchedule,
      replacing: [
        ("<Process Name=\"live\" StackSize=\"0x10000\"/>", "<Process Name=\"live\" StackSize=\"0x800000\"/>"),
        ("\"0.010\" PeriodDurationSeconds=\"0.004\"", "\"0.010\" PeriodDurationSeconds=\"0.0003\""),
        ("\"0.000\" WindowDurationSeconds=\"0.005\"", "\"0.000\" WindowDurationSeconds=\"0.0003\""),
        ("\"0.010\" WindowDurationSeconds=\"0.004\"", "\"0.010\" WindowDurationSeconds=\"0.0003\""),
        ("ScheduleChangeAction=\"WARM_START\"", "ScheduleChangeAction='COLD_START'"),
      ])
    let modes = try lives.events(.restart, of: "Phoenix").map(\.detail)
    #expect(modes == [OperatingMode.coldStart, .warmStart, .coldStart].map(\.rawValue))
    let change = try #require(lives.run.events(.scheduleChange).map(\.event).first { $0.detail == 1 })
    let starts = try lives.events(.initialised, of: "Phoenix").map(\.time)
    #expect(starts.count == 2 && starts[1] > change.time, "the warm start came to its end before")
    let second = Lives.Birth(
      condition: .partitionRestart, mode: .coldStart, retainedLives: 1, ordinaryLives: 1, stains: 0)
    #expect(try lives.births(of: "Phoenix") == [Self.firstBirth, second])
    #expect(try Judge.verify(lives.run.trace).report.identifiers(.fail) == [])
    try lives.expectOrder()
  }

  /// The health monitor starts it warm at its window's end, and there the schedule changes to one that begins with it
  /// and wants a cold start: two starts in one step, of which the second holds.
  @Test func aColdStartFollowsAWarmOneAtOnce() throws {
    let lives = try Lives(
      phoenix: .divideByZero, callback: .neverEnd, steward: .changeSchedule,
      replacing: [
        Self.callback,
        ("\"0.010\" PeriodDurationSeconds=\"0.004\"", "\"0.020\" PeriodDurationSeconds=\"0.003\""),
        ("\"0.000\" WindowDurationSeconds=\"0.005\"", "\"0.017\" WindowDurationSeconds=\"0.003\""),
        (
          """
                <Window_Schedule WindowIdentifier="102" WindowStartSeconds="0.010" WindowDurationSeconds="0.004"
                  PartitionPeriodStart="true"/>

          """, ""
        ),
        ("\"0.000\" WindowDurationSeconds=\"0.002\"", "\"0.003\" WindowDurationSeconds=\"0.002\""),
        ("\"0.002\" WindowDurationSeconds=\"0.003\"", "\"0.000\" WindowDurationSeconds=\"0.003\""),
        ("ScheduleChangeAction=\"WARM_START\"", "ScheduleChangeAction='COLD_START'"),
      ])
    let restarts = lives.run.events(.restart).filter { $0.event.partition == 0 }
    #expect(restarts.map(\.event.detail) == [OperatingMode.coldStart, .warmStart, .coldStart].map(\.rawValue))
    #expect(
      restarts.map(\.event.words.w0)
        == [StartCondition.normalStart, .healthPartitionRestart, .partitionRestart]
        .map { UInt64($0.rawValue) })
    #expect(restarts.count == 3 && restarts[1].event.time == restarts[2].event.time)
    let second = Lives.Birth(
      condition: .partitionRestart, mode: .coldStart, retainedLives: 1, ordinaryLives: 1, stains: 0)
    #expect(try lives.births(of: "Phoenix") == [Self.firstBirth, second])
    try lives.expectOrder()
    // Each is judged by itself.
    #expect(try Judge.violations(lives.run.events, of: lives.run.trace) == [])
    for place in restarts.dropFirst().map(\.position) {
      var events = lives.run.events
      events.insert(events[place], at: place)
      #expect(try Judge.violations(events, of: lives.run.trace).contains("restart.begun"), "twice: \(place)")
      events.removeSubrange(place...(place + 1))
      #expect(try Judge.violations(events, of: lives.run.trace).contains("restart.begun"), "not at all: \(place)")
    }
  }

  /// Phoenix has not the right.
  @Test func whoMayNotChangeTheScheduleDoesNot() throws {
    let lives = try Lives(phoenix: .changeSchedule, milliseconds: 150)
    #expect(lives.run.events(.scheduleChange).isEmpty)
    let answer = 0x100 + UInt64(ReturnCode.invalidConfiguration.rawValue)
    #expect(try lives.notes(Lives.noteLogged, of: "Phoenix") == [answer])
  }

  /// The module ends before the drainer's memory is made: the trace is whole all the same.
  @Test func anEarlyEndIsAWholeTrace() throws {
    let lives = try Lives(phoenix: .startForEver, milliseconds: 1)
    #expect(lives.run.condition == .complete)
    #expect(try lives.events(.initialised, of: "Drainer").isEmpty)
    #expect(try lives.events(.initialised, of: "Phoenix").count > 5)
    #expect(try Judge.replay(lives.run.trace).verdict == .identical)
  }
}

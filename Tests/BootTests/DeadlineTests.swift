import APEXTypes
import ModuleConfiguration
import Testing
import TraceFormat

/// Deadlines that pass, on the machine: Latecomer's scheduler tells the health monitor of each, at its instant, whoever
/// runs then.
@Suite struct DeadlineTests {
  /// First words of Latecomer's notes.
  private enum Note: UInt64 {
    case handled = 1, lateBy, jobDone, wentOn, ended, wrong
  }
  /// Its processes, by identifier.
  private enum Process: UInt64 {
    case spinner = 1, sleeper, beater
  }

  private static let module = ModuleVariant(
    description: """
      <ARINC_653_Module xmlns:p="urn:partita:module:1" ModuleName="Deadlines" ModuleId="4">
        <System_HM_Table>
          <System_State_Entry SystemState="1" Description="partition executing">
            <Error_ID_Level ErrorIdentifier="1" Description="deadline" ErrorLevel="PROCESS"
              ErrorCode="DEADLINE_MISSED"/>
          </System_State_Entry>
        </System_HM_Table>
        <Partition PartitionIdentifier="1" PartitionName="Latecomer" p:Image="Latecomer"/>
        <Partition PartitionIdentifier="9" PartitionName="Drainer" SystemPartition="true" p:Image="Drainer"
          p:Drainer="true">
          <p:PortGrant First="0xE9" Count="1"/>
        </Partition>
        <Module_Schedule MajorFrameSeconds="0.010" ScheduleIdentifier="0" InitialModuleSchedule="true">
          <Partition_Schedule PartitionIdentifier="1" PeriodSeconds="0.010" PeriodDurationSeconds="0.006">
            <Window_Schedule WindowIdentifier="10" WindowStartSeconds="0.000" WindowDurationSeconds="0.006"
              PartitionPeriodStart="true"/>
          </Partition_Schedule>
        </Module_Schedule>
        <Partition_HM_Table PartitionIdentifier="1">
          <System_State_Entry SystemState="1"><Error_ID_Action ErrorIdentifier="1" Action="IDLE"/></System_State_Entry>
        </Partition_HM_Table>
        <p:Clocks IntervalTimerHertz="100" RealTimeClockHertz="0"/>
        <p:Trace RingBytes="0x400000" KeyframeIntervalFrames="10" EventsPerBlock="4096"/>
      </ARINC_653_Module>
      """, stimulus: "")

  private func notes(_ run: CapturedRun) -> [(note: Note?, value: UInt64)] {
    run.events(.hypercall).map(\.event)
      .filter { $0.operand & 0xFFFF == UInt32(HypercallNumber.note.rawValue) }
      .map { (Note(rawValue: $0.words.w3), $0.words.w4) }
  }

  /// One misses while it computes, twice; one while it waits; one in a period of many.
  @Test func eachMissedDeadlineGoesToTheErrorHandlerOnce() throws {
    let run = try CapturedRun.capture(Self.module, milliseconds: 150)
    let notes = notes(run)
    #expect(notes.allSatisfy { $0.note != nil && $0.note != .wrong }, "\(notes)")
    let handled = notes.filter { $0.note == .handled }.map(\.value)
    // The code, 0, is in the upper half.
    #expect(handled == [Process.spinner, .spinner, .sleeper, .beater].map(\.rawValue))
    #expect(notes.count { $0.note == .wentOn } == 1, "once it is let go on, and stopped the second time")
    let late = notes.filter { $0.note == .lateBy }.map(\.value)
    #expect(late.count == 4 && late.allSatisfy { $0 < 10_000 }, "ns behind the deadline: \(late)")
    #expect(notes.filter { $0.note == .jobDone }.map(\.value) == Array(1...14), "also after the one that was late")
    #expect(notes.count { $0.note == .ended } == 1)
    let errors = run.events(.healthError).map(\.event)
    #expect(errors.count == 4 && errors.allSatisfy { $0.detail == ErrorCode.deadlineMissed.rawValue })
    let report = try Judge.replay(run.trace)
    #expect(report.verdict == .identical, "\(report.doubts) \(String(describing: report.divergence))")
    #expect(try Judge.verify(run.trace).report.verdict == .pass)
  }

  /// Where the module makes it an error of the partition, the partition's action is taken.
  @Test func theModuleDecidesWhoseErrorItIs() throws {
    let module = try Self.module.replacing("ErrorLevel=\"PROCESS\"", by: "ErrorLevel=\"PARTITION\"")
    let run = try CapturedRun.capture(module, milliseconds: 30)
    #expect(notes(run).allSatisfy { $0.note == nil }, "it does not get as far as its first note")
    let error = try #require(run.events(.healthError).first?.event)
    #expect(error.detail == ErrorCode.deadlineMissed.rawValue)
    let partition = try run.partition("Latecomer")
    let change = try #require(run.events(.modeChange).map(\.event).last { $0.partition == partition })
    #expect(change.detail == OperatingMode.idle.rawValue)
    #expect(try Judge.replay(run.trace).verdict == .identical)
    #expect(try Judge.verify(run.trace).report.claims(.fail) == [])
  }
}

/// A module in which line 0 fires around the starts of a partition's windows, at every distance from them.
///
/// One major frame: five windows of the partition, then one of the line's owner, and the drainer. Line 0 ticks
/// each 119 cycles of 1,193,182 Hz; ten ticks are a nanosecond or less shorter than the frame, so the line draws past
/// each window start by so much a frame. The windows are 800 ns farther from each other than the ticks: each looks at a
/// stretch of its own, and together they see more than 4 µs in 1030 frames.
struct FirstInstructionModule {
  static let frame: UInt64 = 997_334
  static let tick = 119e9 / 1_193_182
  /// From one window's start to the next, less one tick.
  static let stretch: Double = 1000
  static let windowCount = 5
  /// Frames in which the five stretches overlap.
  static let frameCount: UInt64 = 1280
  /// When the owner registers the line, and all partitions have been made.
  static let settled: UInt64 = 20_000_000

  /// What the partition's images is.
  var image: String
  /// From the frame's start to the first window, in ns.
  var first: UInt64

  func variant() throws -> ModuleVariant {
    var module = ModuleVariant(description: description, stimulus: "")
    for name in [image, "LineOwner"] { module.images[name] = try HostileImage.bytes(name, due: Self.settled / 2) }
    return module
  }

  private static func seconds(_ nanoseconds: UInt64) -> String {
    let digits = String(nanoseconds)
    return "0." + String(repeating: "0", count: 9 - digits.count) + digits
  }

  private static func schedule(_ partition: Int, _ windows: [(start: UInt64, duration: UInt64)]) -> String {
    let elements = windows.enumerated().map { index, window in
      """
      <Window_Schedule WindowIdentifier="\(partition * 10 + index)" WindowStartSeconds="\(seconds(window.start))"
        WindowDurationSeconds="\(seconds(window.duration))" PartitionPeriodStart="\(index == 0)"/>
      """
    }
    let sum = windows.reduce(0) { $0 + $1.duration }
    return """
      <Partition_Schedule PartitionIdentifier="\(partition)" PeriodSeconds="\(seconds(frame))"
        PeriodDurationSeconds="\(seconds(sum))">
      \(elements.joined(separator: "\n"))
      </Partition_Schedule>
      """
  }

  private var description: String {
    let starts = (0...Self.windowCount).map { first + UInt64(Double($0) * (Self.tick + Self.stretch)) }
    let own = (0..<Self.windowCount).map { (starts[$0], starts[$0 + 1] - starts[$0]) }
    let rest = starts[Self.windowCount]
    let errors = (1...6).map { "<Error_ID_Action ErrorIdentifier=\"\($0)\" Action=\"IGNORE\"/>" }.joined()
    let codes = [
      "NUMERIC_ERROR", "ILLEGAL_REQUEST", "STACK_OVERFLOW", "MEMORY_VIOLATION", "HARDWARE_FAULT", "APPLICATION_ERROR",
    ].enumerated().map {
      "<Error_ID_Level ErrorIdentifier=\"\($0 + 1)\" ErrorLevel=\"PARTITION\" ErrorCode=\"\($1)\"/>"
    }.joined(separator: "\n")
    return """
      <ARINC_653_Module xmlns:p="urn:partita:module:1" ModuleName="FirstInstruction" ModuleId="5">
        <System_HM_Table><System_State_Entry SystemState="1">\(codes)</System_State_Entry></System_HM_Table>
        <Partition PartitionIdentifier="1" PartitionName="Starter" p:Image="\(image)"/>
        <Partition PartitionIdentifier="2" PartitionName="Owner" p:Image="LineOwner"/>
        <Partition PartitionIdentifier="9" PartitionName="Drainer" SystemPartition="true" p:Image="Drainer"
          p:Drainer="true">
          <p:PortGrant First="0xE9" Count="1"/>
        </Partition>
        <Module_Schedule MajorFrameSeconds="\(Self.seconds(Self.frame))" ScheduleIdentifier="0"
          InitialModuleSchedule="true">
        \(Self.schedule(1, own))
        \(Self.schedule(2, [(rest, 100_000)]))
        </Module_Schedule>
        <Partition_HM_Table PartitionIdentifier="1">
          <System_State_Entry SystemState="1">\(errors)</System_State_Entry>
        </Partition_HM_Table>
        <p:Clocks IntervalTimerHertz="10000" RealTimeClockHertz="0"/>
        <p:Trace RingBytes="0x1000000" KeyframeIntervalFrames="100" EventsPerBlock="4096"/>
        <p:Interrupts>
          <p:Line Number="0" Policy="MARKED_AT_ONCE" BudgetPerWindow="8" Recipe="NONE">
            <p:Owner PartitionIdentifier="2"/>
          </p:Line>
        </p:Interrupts>
      </ARINC_653_Module>
      """
  }
}

import APEXTypes
import ModuleConfiguration

/// Where the module stands in its cyclic schedule.
///
/// Time is a row of boundaries: frame starts, window starts, window ends. `nextBoundary` is the earliest not yet
/// passed; the core passes it L before it comes, so that the switch is done when the instant arrives.
struct CyclicSchedule {
  struct Window: BitwiseCopyable {
    var start: UInt64 = 0
    var end: UInt64 = 0
    var partition: UInt8 = 0
    /// A period of the partition begins with it.
    var beginsPeriod = false
    /// From this window's start to the start of the same partition's next window in this schedule, in ns.
    var nanosecondsToNextOwn: UInt64 = 0
  }
  struct Schedule: BitwiseCopyable {
    var identifier: UInt64 = 0
    var majorFrameNanoseconds: UInt64 = 0
    var firstWindow = 0
    var windowCount = 0
  }
  /// Those of all schedules, by their index in the module table.
  let windows: StateTable<Window>
  let schedules: StateTable<Schedule>
  /// When each partition's first window of a frame starts, by schedule × partitions + partition; all ones for never.
  private let firstOwnStarts: StateTable<UInt64>
  private let partitionCount: Int

  /// The schedule that runs, and what of it every boundary asks for.
  private(set) var scheduleIndex = 0
  private(set) var firstWindow = 0
  private(set) var windowCount = 0
  private(set) var majorFrameNanoseconds: UInt64 = 0
  /// The schedule that runs from the next major frame on.
  var nextScheduleIndex = 0
  /// Who asked for it.
  var asker = PartitionIndex.none
  /// Instant of the last change, in ns; 0 for none.
  var lastChange: UInt64 = 0

  /// Frames begun.
  private(set) var frameCount: UInt64 = 0
  /// Nominal instant of the current frame's start; of the first one before the module runs.
  private(set) var frameStart: UInt64 = 0
  /// Index in the schedule of the window that starts next in this frame; `windowCount` when none is left.
  private(set) var cursor = 0
  /// Index in the schedule of the window that runs, or −1.
  private(set) var active = -1

  // What follows from the above, in ns, all ones for never; kept because every boundary asks for it.
  /// The instant at which the next frame starts; before the first frame, that frame's.
  private(set) var nextFrameStart: UInt64 = 0
  /// When the window that runs ends.
  private(set) var activeEnd: UInt64 = .max
  /// When the window at the cursor starts.
  private(set) var cursorStart: UInt64 = .max
  /// The earliest of the three: the earliest boundary not yet passed.
  private(set) var nextBoundary: UInt64 = 0
  /// Whose window runs, or `none`.
  private(set) var owner = PartitionIndex.none

  init(_ table: ModuleTable, scheduleIndex: Int, memory: inout StateMemory) {
    partitionCount = table.partitionCount
    let scheduleCount = table.count(ScheduleRecord.self)
    windows = memory.table(of: max(table.count(WindowRecord.self), 1), filledWith: Window())
    schedules = memory.table(of: scheduleCount, filledWith: Schedule())
    firstOwnStarts = memory.table(of: scheduleCount * partitionCount, filledWith: .max)
    for index in 0..<table.count(WindowRecord.self) {
      let record = table.record(WindowRecord.self, index)
      windows[index].start = record.start.count
      windows[index].end = record.start.count &+ record.duration.count
      windows[index].partition = record.partition.rawValue
      windows[index].beginsPeriod = record.isPeriodStart
    }
    for index in 0..<scheduleCount {
      let record = table.record(ScheduleRecord.self, index)
      schedules[index] = Schedule(
        identifier: record.identifier, majorFrameNanoseconds: record.majorFrame.count,
        firstWindow: record.windows.first, windowCount: record.windows.count)
      findOwnStarts(index)
    }
    run(scheduleIndex)
    cursor = windowCount  // Before the first frame nothing but the frame's start comes next.
  }

  /// Bytes of memory that the tables of a module need.
  static func byteCount(for table: ModuleTable) -> Int {
    table.count(WindowRecord.self) * MemoryLayout<Window>.stride
      + table.count(ScheduleRecord.self) * (MemoryLayout<Schedule>.stride + table.partitionCount * 8)
  }

  /// Works out how far each window's partition has to its next one, from the last window back to the first.
  private func findOwnStarts(_ index: Int) {
    let schedule = schedules[index]
    // Twice round: the second time each partition's first window of the next frame is known.
    for _ in 0..<2 {
      for offset in stride(from: schedule.windowCount - 1, through: 0, by: -1) {
        let window = schedule.firstWindow + offset
        let place = index * partitionCount + Int(windows[window].partition)
        let (start, next) = (windows[window].start, firstOwnStarts[place])
        windows[window].nanosecondsToNextOwn =
          next > start ? next &- start : next &+ schedule.majorFrameNanoseconds &- start
        firstOwnStarts[place] = start
      }
    }
  }

  /// From now on `index` is the schedule that runs; the caller begins its frame.
  mutating func run(_ index: Int) {
    let schedule = schedules[index]
    scheduleIndex = index
    nextScheduleIndex = index
    firstWindow = schedule.firstWindow
    windowCount = schedule.windowCount
    majorFrameNanoseconds = schedule.majorFrameNanoseconds
  }

  /// The index of the schedule with the integrator's identifier.
  func index(identifier: UInt64) -> Int? {
    for index in 0..<schedules.count where schedules[index].identifier == identifier { return index }
    return nil
  }

  /// Stands at a place in the schedule that runs: at the module's start, and after a keyframe was adopted.
  ///
  /// - Precondition: `active` and `cursor` are within the schedule.
  mutating func stand(active: Int, cursor: Int, frameCount: UInt64, frameStart: UInt64) {
    self.active = active
    self.cursor = cursor
    self.frameCount = frameCount
    self.frameStart = frameStart
    owner = active >= 0 ? PartitionIndex(windows[firstWindow &+ active].partition) : .none
    activeEnd = active >= 0 ? frameStart &+ windows[firstWindow &+ active].end : .max
    nextFrameStart = frameCount == 0 ? frameStart : frameStart &+ majorFrameNanoseconds
    findCursorStart()
    findNextBoundary()
  }

  /// The window that runs has ended. The caller looks for the next boundary when it has passed all of this one.
  @inline(__always) mutating func endWindow() {
    active = -1
    activeEnd = .max
    owner = .none
  }

  /// A frame of the schedule that runs begins.
  mutating func beginFrame(at instant: UInt64) {
    frameStart = instant
    nextFrameStart = instant &+ majorFrameNanoseconds
    cursor = 0
    frameCount &+= 1
    findCursorStart()
  }

  /// The window at the cursor begins.
  ///
  /// - Precondition: there is one; `cursorStart` says so.
  @inline(__always) mutating func beginWindow() {
    // Unchecked, here and below: a schedule's windows are in the table, or the table would not be valid.
    let window = windows[unchecked: firstWindow &+ cursor]
    active = cursor
    activeEnd = frameStart &+ window.end
    owner = PartitionIndex(window.partition)
    cursor &+= 1
    findCursorStart()
  }

  @inline(__always) private mutating func findCursorStart() {
    cursorStart = cursor < windowCount ? frameStart &+ windows[unchecked: firstWindow &+ cursor].start : .max
  }

  /// Works out `nextBoundary` again, after boundaries were passed.
  @inline(__always) mutating func findNextBoundary() {
    nextBoundary = min(nextFrameStart, min(activeEnd, cursorStart))
  }

  /// When a window starts next, whoever's it is, in ns; a change of the schedule that is asked for is counted in.
  @inline(__always) var nextWindowStart: UInt64 { cursorStart != .max ? cursorStart : nextFramesFirstStart }

  private var nextFramesFirstStart: UInt64 {
    let next = schedules[nextScheduleIndex]
    return next.windowCount > 0 ? nextFrameStart &+ windows[next.firstWindow].start : UInt64.max
  }

  /// Whether a period of its partition begins with the window that runs.
  @inline(__always) var beginsPeriod: Bool {
    // Unchecked: the window that runs is one of the schedule's.
    active >= 0 && windows[unchecked: firstWindow &+ active].beginsPeriod
  }

  /// When the partition whose window runs has its next one, all ones for never; nil where no window runs.
  @inline(__always) var nextOwnWindowStart: UInt64? {
    guard active >= 0 else { return nil }
    let window = windows[firstWindow &+ active]
    guard nextScheduleIndex != scheduleIndex, window.start &+ window.nanosecondsToNextOwn >= majorFrameNanoseconds
    else {
      return frameStart &+ window.start &+ window.nanosecondsToNextOwn
    }
    let first = firstOwnStarts[nextScheduleIndex * partitionCount + Int(window.partition)]
    return first == .max ? .max : frameStart &+ majorFrameNanoseconds &+ first
  }
}

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
    /// From this window's start to the start of the same partition's next window, in ns.
    var nanosecondsToNextOwn: UInt64 = 0
  }
  let windows: StateTable<Window>
  let firstWindow: Int
  let windowCount: Int
  let majorFrameNanoseconds: UInt64
  let scheduleIndex: Int

  /// Frames begun.
  var frameCount: UInt64 = 0
  /// Nominal instant of the current frame's start; of the first one before the module runs.
  var frameStart: UInt64 = 0
  /// Index in the schedule of the window that starts next in this frame; `windowCount` when none is left.
  var cursor = 0
  /// Index in the schedule of the window that runs, or −1.
  var active = -1

  init(_ table: ModuleTable, scheduleIndex: Int, memory: inout StateMemory) {
    let schedule = table.record(ScheduleRecord.self, scheduleIndex)
    self.scheduleIndex = scheduleIndex
    majorFrameNanoseconds = schedule.majorFrame.count
    firstWindow = schedule.windows.first
    windowCount = schedule.windows.count
    windows = memory.table(of: max(windowCount, 1), filledWith: Window())
    for index in 0..<windowCount {
      let record = table.record(WindowRecord.self, firstWindow + index)
      windows[index].start = record.start.count
      windows[index].end = record.start.count &+ record.duration.count
      windows[index].partition = record.partition.rawValue
    }
    for index in 0..<windowCount {
      windows[index].nanosecondsToNextOwn = distanceToNextOwn(index)
    }
    cursor = windowCount  // Before the first frame nothing but the frame's start comes next.
  }

  private func distanceToNextOwn(_ index: Int) -> UInt64 {
    for step in 1...windowCount {
      let other = (index + step) % windowCount
      guard windows[other].partition == windows[index].partition else { continue }
      let wrapped = index + step >= windowCount ? majorFrameNanoseconds : 0
      return windows[other].start &+ wrapped &- windows[index].start
    }
    return majorFrameNanoseconds
  }

  /// The instant at which the next frame starts; before the first frame, that frame's.
  var nextFrameStart: UInt64 { frameCount == 0 ? frameStart : frameStart &+ majorFrameNanoseconds }

  /// The earliest boundary not yet passed, in ns. Follows from the above; kept because every entry asks for it.
  private(set) var nextBoundary: UInt64 = 0

  /// Works out `nextBoundary` again, after anything that it follows from has changed.
  mutating func findNextBoundary() {
    var earliest = nextFrameStart
    if active >= 0 { earliest = min(earliest, frameStart &+ windows[active].end) }
    if cursor < windowCount { earliest = min(earliest, frameStart &+ windows[cursor].start) }
    nextBoundary = earliest
  }

  /// Whose window runs, or `none`.
  var owner: PartitionIndex { active >= 0 ? PartitionIndex(windows[active].partition) : .none }

  /// When a window starts next, whoever's it is, in ns.
  var nextWindowStart: UInt64 {
    if cursor < windowCount { return frameStart &+ windows[cursor].start }
    return windowCount > 0 ? nextFrameStart &+ windows[0].start : UInt64.max
  }

  /// When the partition whose window runs has its next one; nil where no window runs.
  var nextOwnWindowStart: UInt64? {
    active >= 0 ? frameStart &+ windows[active].start &+ windows[active].nanosecondsToNextOwn : nil
  }
}

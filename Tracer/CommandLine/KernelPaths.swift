import APEXTypes
import ModuleConfiguration

/// What of a module decides how much the kernel's own paths have to do.
struct KernelPaths: Equatable {
  /// How the module's lines are handled, and how often a keyframe is written.
  struct Work: Equatable {
    var lines: [LineRecord]
    var keyframeIntervalFrames: UInt64
  }

  /// A schedule's frame: its length, ns, and whose its windows are, in order.
  struct Frame: Equatable {
    var length: UInt64
    var owners: [PartitionIndex]
  }

  let work: Work
  let frames: [Frame]

  init(_ table: ModuleTable) {
    work = Work(
      lines: (0..<table.count(LineRecord.self)).map {
        var line = table.record(LineRecord.self, $0)
        // That is what is reckoned for a line, and not what is done.
        line.stolenTime = Nanoseconds(0)
        return line
      },
      keyframeIntervalFrames: table.module.keyframeIntervalFrames)
    frames = (0..<table.count(ScheduleRecord.self)).map { number in
      let schedule = table.record(ScheduleRecord.self, number)
      return Frame(
        length: schedule.majorFrame.count,
        owners: schedule.windows.indices.map { table.record(WindowRecord.self, $0).partition })
    }
  }
}

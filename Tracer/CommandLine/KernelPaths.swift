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

  /// What decides which paths fall together, and how often partitions make the kernel go them.
  struct Circumstances: Equatable {
    var windows: [WindowRecord]
    var partitions: [PartitionRecord]
    var ports: [PortRecord]
    var actions: [HealthActionRecord]
  }

  /// How the trace is cut into blocks.
  struct Blocks: Equatable {
    var eventsPerBlock: UInt64
    var ringBytes: UInt64
  }

  let work: Work
  let frames: [Frame]
  let circumstances: Circumstances
  let blocks: Blocks
  /// L, ns: longer than any of the paths.
  let switchAllowance: UInt64

  init(_ table: ModuleTable) {
    circumstances = Circumstances(
      windows: (0..<table.count(WindowRecord.self)).map { table.record(WindowRecord.self, $0) },
      partitions: (0..<table.partitionCount).map { table.partition(PartitionIndex(UInt8($0))) },
      ports: (0..<table.count(PortRecord.self)).map { table.record(PortRecord.self, $0) },
      actions: (0..<table.count(HealthActionRecord.self)).map { table.record(HealthActionRecord.self, $0) })
    blocks = Blocks(eventsPerBlock: table.module.eventsPerBlock, ringBytes: table.module.ringBytes)
    switchAllowance = table.module.switchAllowance.count
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

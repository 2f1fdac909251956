import APEXTypes
import ModuleConfiguration
import TraceFormat

/// What of a module decides how much the kernel's own paths have to do.
struct KernelPaths: Equatable {
  /// How often lines interrupt strangers, and keyframes are written.
  struct Frequency: Equatable {
    var lines: [LineRecord]
    var keyframeIntervalFrames: UInt64

    /// Whether keyframes come no more often than there.
    func hasNoMoreKeyframes(than other: Frequency) -> Bool {
      keyframeIntervalFrames >= other.keyframeIntervalFrames
    }

    /// Whether lines interrupt strangers no more often than there.
    func hasNoMoreInterrupts(than other: Frequency) -> Bool {
      zip(lines, other.lines).allSatisfy { own, its in
        guard own.policy == .markedAtOnce else { return true }
        return its.policy == .markedAtOnce && own.budgetPerWindow <= its.budgetPerWindow
      }
    }

    /// Whether a line is let through at other times than there.
    func isOther(than other: Frequency, of line: UInt64) -> Bool {
      lines.first { $0.line == line } != other.lines.first { $0.line == line }
    }
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
    var ringPolicy: RingPolicy
    var compression: BlockCompression
    var leftOut: LeftOutKinds
  }

  /// What is done for each line: its record without what says how often.
  let routines: [LineRecord]
  let frequency: Frequency
  let frames: [Frame]
  let circumstances: Circumstances
  private(set) var blocks: Blocks
  /// L, ns: longer than any of the paths.
  let switchAllowance: UInt64

  /// Whether kernel and partitions may go other ways than there: how the blocks are written is no matter of theirs.
  func areOther(than other: KernelPaths) -> Bool {
    var own = self
    (own.blocks.compression, own.blocks.leftOut) = (other.blocks.compression, other.blocks.leftOut)
    return own != other
  }

  static func areOther(_ table: ModuleTable, than other: ModuleTable) -> Bool {
    KernelPaths(table).areOther(than: KernelPaths(other))
  }

  init(_ table: ModuleTable) {
    circumstances = Circumstances(
      windows: (0..<table.count(WindowRecord.self)).map { table.record(WindowRecord.self, $0) },
      partitions: (0..<table.partitionCount).map { table.partition(PartitionIndex(UInt8($0))) },
      ports: (0..<table.count(PortRecord.self)).map { table.record(PortRecord.self, $0) },
      actions: (0..<table.count(HealthActionRecord.self)).map { table.record(HealthActionRecord.self, $0) })
    blocks = Blocks(
      eventsPerBlock: table.module.eventsPerBlock, ringBytes: table.module.ringBytes,
      ringPolicy: table.module.ringPolicy, compression: table.module.traceCompression,
      leftOut: table.module.leftOutKinds)
    switchAllowance = table.module.switchAllowance.count
    let lines = (0..<table.count(LineRecord.self)).map {
      var line = table.record(LineRecord.self, $0)
      // That is what is reckoned for a line, and not what is done.
      line.stolenTime = Nanoseconds(0)
      return line
    }
    routines = lines.map {
      var line = $0
      line.policy = .maskedUntilOwner
      line.budgetPerWindow = 0
      return line
    }
    frequency = Frequency(lines: lines, keyframeIntervalFrames: table.module.keyframeIntervalFrames)
    frames = (0..<table.count(ScheduleRecord.self)).map { number in
      let schedule = table.record(ScheduleRecord.self, number)
      return Frame(
        length: schedule.majorFrame.count,
        owners: schedule.windows.indices.map { table.record(WindowRecord.self, $0).partition })
    }
  }
}

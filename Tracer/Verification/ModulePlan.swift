import APEXTypes
import ModuleConfiguration
import TraceFormat

/// The module table, laid out for judging: dense arrays, names as strings, sums worked out once.
struct ModulePlan {
  /// What is accepted of a window's first instant where the module declares no budget.
  static let defaultStartError: NanosecondSpan = 1000
  /// Claims on so many processes are made at most.
  static let maximumProcessCount = 1024

  struct Partition {
    var name: String
    var permittedLines: UInt16
    var isSystem: Bool
    var executable: [Range<UInt64>]
    /// Pieces of memory that it may read, its stack among them.
    var readable: [Range<UInt64>]
    /// The same that it may write.
    var writable: [Range<UInt64>]
    /// The lowest address of its stack.
    var stackBottom: UInt64
    var markedLines: UInt16
    var maximumUpcallDepth: Int32
    var missedTickPolicy: MissedTickPolicy
    var entryPoint: UInt64
    var callbackEntry: UInt64
    var mayChangeSchedule: Bool
    /// Pieces in which its memory is made anew.
    var memoryPieces: UInt64
  }
  struct EventChannel {
    var identifier: UInt64
    var source: UInt8
    var destination: UInt8
    var vector: UInt8
  }
  /// What the health-monitor tables say of an error in a system state.
  struct HealthRule {
    var level = ErrorLevel.partition
    var action = PartitionRecoveryAction.idle
    var moduleAction = ModuleRecoveryAction.shutdown
  }
  struct Schedule {
    var identifier: UInt64
    var majorFrame: NanosecondSpan
    var windows: Range<Int>
  }
  struct Window {
    /// After the major frame's.
    var start: NanosecondSpan
    var duration: NanosecondSpan
    var partition: UInt8
    var isPeriodStart: Bool
    /// From this window's start to that of its partition's next window.
    var toNextOwn: NanosecondSpan
    /// In-window time that the partition must get in the period that starts here; 0 where none starts.
    var requiredSupply: NanosecondSpan
    /// Whether that period has windows in the next major frame.
    var continuesInNextFrame = false
    /// From one period's start of its partition to the next in this schedule; 0 where none starts here.
    var period: NanosecondSpan = 0
  }
  struct Line {
    var isMaskedUntilOwner = false
    var budgetPerWindow: UInt64 = .max
    var hasKernelHandler = false
    var stolenTime: NanosecondSpan = 0
  }
  struct Port {
    var partition: UInt8
    var isSource: Bool
    var maximumBytes: UInt64
    var refreshPeriod: NanosecondSpan
    var channel: Int
    var isQueuing: Bool
    var capacity: Int
    var discardsWhenFull: Bool
    /// The next destination port of the same channel, −1 for none.
    var nextDestination = -1
  }

  var name: String
  var checksum: UInt64
  var allowance: NanosecondSpan
  /// What a window may start late.
  var startError: NanosecondSpan = ModulePlan.defaultStartError
  /// What the module file demands as a partition's supply, in place of what is worked out.
  var leastSupply: [UInt8: NanosecondSpan] = [:]
  var drainer: UInt8
  /// Whether the ring is a flight recorder's: events before the first that is there are no damage.
  var isFlightRecorder: Bool
  /// Kinds of events that are not in the trace.
  let leftOut: LeftOutKinds
  /// What a message that is decided owes, and whether its copy is an instance that is judged, 1, or not, 0.
  let copyDue: Step.Happenings
  let copiesJudged: UInt64
  var initialSchedule: Int
  var partitions: [Partition] = []
  /// Bit n for partition n, whose every missed tick is delivered by itself.
  var deliverers: UInt32 = 0
  var schedules: [Schedule] = []
  var windows: [Window] = []
  var lines = [Line](repeating: Line(), count: ModuleLimits.lineCount)
  var ports: [Port] = []
  /// Apart from them: who looks at a port copies no name.
  var portNames: [String] = []
  var channelCount: Int
  /// Destination ports of each channel, and its source port.
  var destinations: [[Int]]
  /// The first of them, −1 for none: for who does not want to hold an array.
  var firstDestination: [Int]
  var sources: [Int]
  var eventChannels: [EventChannel] = []
  /// By (partition × 8 + error code) × 4 + system state.
  var healthRules: [HealthRule]
  var hasModuleCallback: Bool
  /// Whether an error may start every partition anew, those too that did not run.
  var mayReset = false
  /// By schedule × partitions + partition.
  var scheduleActions: [ScheduleChangeAction]
  var stimuli: [StimulusRecord] = []
  /// Which claims the module file lets be judged.
  var choices: ClaimChoices
  /// Whether the kernel's fixed tables could not hold the module, so that no kernel can have run it.
  var isBeyondLimits: Bool

  init(_ table: ModuleTable) {
    let module = table.module
    name = Self.text(table, module.name)
    checksum = table.checksum
    allowance = module.switchAllowance.count
    drainer = module.drainer.rawValue
    isFlightRecorder = module.ringPolicy == .flightRecorder
    leftOut = module.leftOutKinds
    let areCopiesLeftOut = leftOut.contains(.messageCopied)
    (copyDue, copiesJudged) = areCopiesLeftOut ? ([], 0) : (.copyDue, 1)
    initialSchedule = Int(module.initialSchedule)
    isBeyondLimits =
      table.count(WindowRecord.self) > ModuleLimits.maximumWindowCount
      || table.count(ScheduleRecord.self) > ModuleLimits.maximumWindowCount
      || table.count(PortRecord.self) > ModuleLimits.maximumPortCount
      || table.count(ProcessRecord.self) > Self.maximumProcessCount
    channelCount = table.count(ChannelRecord.self)
    choices = ClaimChoices(table)
    destinations = [[Int]](repeating: [], count: channelCount)
    firstDestination = [Int](repeating: -1, count: channelCount)
    sources = [Int](repeating: -1, count: channelCount)
    healthRules = [HealthRule](repeating: HealthRule(), count: table.partitionCount * 32)
    hasModuleCallback = module.hasModuleCallback
    scheduleActions = [ScheduleChangeAction](
      repeating: .ignore, count: table.count(ScheduleRecord.self) * table.partitionCount)
    readPartitions(table)
    for index in 0..<table.count(LineRecord.self) {
      let line = table.record(LineRecord.self, index)
      lines[Int(line.line)] = Line(
        isMaskedUntilOwner: line.policy == .maskedUntilOwner,
        budgetPerWindow: line.policy == .markedAtOnce ? line.budgetPerWindow : .max,
        hasKernelHandler: line.hasKernelHandler, stolenTime: line.stolenTime.count)
    }
    readPorts(table)
    readHealth(table)
    for index in 0..<table.count(BudgetRecord.self) {
      let budget = table.record(BudgetRecord.self, index)
      if budget.quantity == .windowStartError { startError = budget.bound }
      if budget.quantity == .partitionSupply, let index = UInt8(exactly: budget.subject) {
        leastSupply[index] = budget.bound
      }
    }
    for index in 0..<table.count(StimulusRecord.self) { stimuli.append(table.record(StimulusRecord.self, index)) }
    readSchedules(table)
  }

  static func text(_ table: ModuleTable, _ name: NameReference) -> String {
    String(decoding: table.name(name), as: UTF8.self)
  }

  private mutating func readPorts(_ table: ModuleTable) {
    for index in 0..<table.count(PortRecord.self) {
      let port = table.record(PortRecord.self, index)
      let channel = Int(port.channel)
      portNames.append(Self.text(table, port.name))
      ports.append(
        Port(
          partition: port.partition.rawValue, isSource: port.direction == .source,
          maximumBytes: port.maximumMessageBytes, refreshPeriod: port.refreshPeriod.count, channel: channel,
          isQueuing: port.kind == .queuing, capacity: Int(port.maximumMessageCount),
          discardsWhenFull: port.discardsWhenFull))
      if port.direction == .source { sources[channel] = index } else { destinations[channel].append(index) }
    }
    for destinations in destinations {
      guard let first = destinations.first else { continue }
      firstDestination[ports[first].channel] = first
      for (port, next) in zip(destinations, destinations.dropFirst()) { ports[port].nextDestination = next }
    }
    for index in 0..<table.count(EventChannelRecord.self) {
      let record = table.record(EventChannelRecord.self, index)
      eventChannels.append(
        EventChannel(
          identifier: record.identifier, source: record.source.rawValue, destination: record.destination.rawValue,
          vector: record.vector))
    }
  }

  private mutating func readHealth(_ table: ModuleTable) {
    for index in 0..<table.count(HealthActionRecord.self) {
      let record = table.record(HealthActionRecord.self, index)
      let place = (Int(record.partition.rawValue) * 8 + Int(record.error.rawValue)) * 4 + Int(record.state.rawValue)
      healthRules[place] = HealthRule(level: record.level, action: record.action, moduleAction: record.moduleAction)
      if record.level == .module, record.moduleAction == .reset { mayReset = true }
    }
    for index in 0..<table.count(ScheduleActionRecord.self) {
      let record = table.record(ScheduleActionRecord.self, index)
      scheduleActions[Int(record.schedule) * table.partitionCount + Int(record.partition.rawValue)] = record.action
    }
  }

  /// What the tables say of an error; nil where a number means nothing.
  func healthRule(_ partition: UInt8, _ error: UInt32, _ state: UInt8) -> HealthRule? {
    guard Int(partition) < partitions.count, error < 8, (1...3).contains(state) else { return nil }
    return healthRules[(Int(partition) * 8 + Int(error)) * 4 + Int(state)]
  }

  private mutating func readPartitions(_ table: ModuleTable) {
    for index in 0..<table.partitionCount {
      let record = table.record(PartitionRecord.self, index)
      if record.missedTickPolicy == .deliverAll { deliverers |= 1 << UInt32(index) }
      var executable: [Range<UInt64>] = []
      let stackBytes = min(record.stackBytes, PartitionLayout.stackTop)
      var readable = [PartitionLayout.stackTop - stackBytes..<PartitionLayout.stackTop]
      var writable = readable
      var pieces = Self.pieces(record.stackBytes)
      for segment in record.segments.indices {
        let piece = table.record(SegmentRecord.self, segment)
        if piece.access.contains(.write) { pieces = pieces &+ Self.pieces(piece.memoryBytes) }
        guard piece.virtualAddress < piece.virtualAddress &+ piece.memoryBytes else { continue }
        let range = piece.virtualAddress..<(piece.virtualAddress &+ piece.memoryBytes)
        if piece.access.contains(.execute) { executable.append(range) }
        if piece.access.contains(.read) { readable.append(range) }
        if piece.access.contains(.write) { writable.append(range) }
      }
      partitions.append(
        Partition(
          name: Self.text(table, record.name), permittedLines: record.permittedLines,
          isSystem: record.flags.contains(.system), executable: executable,
          readable: readable, writable: writable, stackBottom: PartitionLayout.stackTop - stackBytes,
          markedLines: record.markedLines,
          maximumUpcallDepth: Int32(record.maximumUpcallDepth),
          missedTickPolicy: record.missedTickPolicy, entryPoint: record.entryPoint,
          callbackEntry: record.callbackEntry, mayChangeSchedule: record.flags.contains(.mayChangeSchedule),
          memoryPieces: pieces))
    }
  }

  /// Pieces of a region, the last one perhaps not whole.
  static func pieces(_ bytes: UInt64) -> UInt64 {
    let piece = UInt64(ModuleLimits.restartPieceBytes)
    return bytes / piece &+ (bytes % piece == 0 ? 0 : 1)
  }
}

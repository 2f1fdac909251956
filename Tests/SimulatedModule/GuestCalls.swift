import APEXTypes
import ModuleConfiguration
import PartitionCore
import Simulation

/// Hypercalls as partitions make them: mostly sensible, some out of every bound.
public enum GuestCalls {
  /// Services that change what is decided later come more often than the rest.
  private static let numbers: [HypercallNumber] = [
    .registerHandler, .registerHandler, .registerHandler, .unregisterHandler, .enableInterrupt, .enableInterrupt,
    .enableInterrupt, .disableInterrupt, .acknowledgeInterrupt, .acknowledgeInterrupt, .acknowledgeInterrupt,
    .acknowledgeInterrupt, .registerVCPU, .registerVCPU, .registerVCPU, .unregisterVCPU, .returnFromUpcall,
    .returnFromUpcall, .returnFromUpcall, .setUpcallEntry, .setUpcallEntry, .yield, .readTime, .writeConsole,
    .createSamplingPort, .writeSamplingMessage, .writeSamplingMessage, .readSamplingMessage, .readSamplingMessage,
    .readSamplingTime,
    .note, .noteWords, .noteWords, .tellProcess, .setSegmentBase, .null,
    .readStatistic, .setPartitionMode, .setPartitionMode, .raiseApplicationError,
    .completeCallback, .readErrorLog, .setModuleSchedule, .findModuleSchedule, .createSamplingPort, .createQueuingPort,
    .createQueuingPort,
    .writeSamplingMessage, .writeSamplingMessage, .readSamplingMessage, .readSamplingMessage,
    .sendQueuingMessage, .sendQueuingMessage, .sendQueuingMessage, .sendQueuingMessage, .receiveQueuingMessage,
    .sendQueuingMessage, .sendQueuingMessage, .receiveQueuingMessage, .receiveQueuingMessage,
    .receiveQueuingMessage, .receiveQueuingMessage, .readQueuingStatus, .clearQueuingPort,
    .bindEvent, .bindEvent, .raiseEvent, .raiseEvent, .raiseEvent, .setTimer, .setTimer, .setTimer, .setExceptionEntry,
    .setExceptionEntry, .setExceptionHandler, .setExceptionHandler, .setExceptionHandler,
  ]

  /// A port that a guest may create: its identifier in the lively module, and the parameters that are right.
  private struct Port {
    var identifier: UInt64
    var bytes: UInt64
    var isDestination: Bool
    /// Of a sampling port the refresh period, of a queuing port the number of messages.
    var last: UInt64
  }

  private static let samplingPorts = [
    Port(identifier: 1, bytes: 64, isDestination: false, last: 0),
    Port(identifier: 2, bytes: 64, isDestination: true, last: 6_000_000),
    Port(identifier: 11, bytes: 32, isDestination: false, last: 0),
    Port(identifier: 12, bytes: 32, isDestination: true, last: 3_000_000),
    Port(identifier: 13, bytes: 32, isDestination: true, last: 3_000_000),
  ]

  private static let queuingPorts = [
    Port(identifier: 3, bytes: 48, isDestination: false, last: 4),
    Port(identifier: 4, bytes: 48, isDestination: true, last: 4),
    Port(identifier: 5, bytes: 48, isDestination: true, last: 1),
    Port(identifier: 6, bytes: 48, isDestination: true, last: 3),
    Port(identifier: 7, bytes: 16, isDestination: false, last: 5),
    Port(identifier: 8, bytes: 16, isDestination: true, last: 5),
    Port(identifier: 9, bytes: 80, isDestination: false, last: 1),
    Port(identifier: 10, bytes: 80, isDestination: true, last: 1),
  ]

  /// What a partition does first that wants its ports: it asks for all, and gets its own.
  public static func createPorts() -> [Hypercall] {
    func call(_ number: HypercallNumber, _ port: Port, _ c: UInt64, _ d: UInt64) -> Hypercall {
      Hypercall(
        number: UInt64(number.rawValue), arguments: (ModuleDescription.data, port.bytes, c, d, 0, 0),
        operand: port.identifier)
    }
    return samplingPorts.map { call(.createSamplingPort, $0, $0.isDestination ? 1 : 0, $0.last) }
      + queuingPorts.map { call(.createQueuingPort, $0, $0.last, $0.isDestination ? 1 : 0) }
  }

  /// What a partition that wants to take interrupts does first.
  public static func setUp() -> [Hypercall] {
    func call(_ number: HypercallNumber, _ a: UInt64, _ b: UInt64 = 0, _ c: UInt64 = 0) -> Hypercall {
      Hypercall(number: UInt64(number.rawValue), arguments: (a, b, c, 0, 0, 0), operand: 0)
    }
    let entry = ModuleDescription.entry
    var calls = [call(.setUpcallEntry, entry, entry + 32, entry + 64), call(.setExceptionEntry, entry)]
    for vector in [36, 39, 48, 51, 60, 64] as [UInt64] {
      calls += [
        call(.registerVCPU, vector), call(.registerHandler, vector, ModuleDescription.handler),
        call(.enableInterrupt, vector),
      ]
    }
    for vector in [6, 13, 14] as [UInt64] {
      calls.append(call(.setExceptionHandler, vector, ModuleDescription.handler))
    }
    return calls + [call(.setTimer, 1_000_000, 700_000)]
  }

  /// - Parameter recent: the vector of the last upcall, which is acknowledged more often than others.
  public static func random(_ generator: inout SeededGenerator, recent: UInt64) -> Hypercall {
    if generator.oneIn(60) {
      return Hypercall(number: generator.number(0...0xFFFF), arguments: (0, 0, 0, 0, 0, 0), operand: 0)
    }
    let number = numbers.randomElement(using: &generator)!
    let vector = vector(&generator)
    var call = Hypercall(number: UInt64(number.rawValue), arguments: (vector, 0, 0, 0, 0, 0), operand: 0)
    switch number {
    case .acknowledgeInterrupt where !generator.oneIn(4): call.arguments.0 = recent
    case .registerHandler:
      call.arguments.1 =
        generator.oneIn(20) ? address(&generator) : ModuleDescription.handler + generator.number(0...64)
    case .setUpcallEntry:
      let entry = ModuleDescription.entry + generator.number(0...32)
      call.arguments = (entry, entry + 32, entry + generator.number(30...80), 0, 0, 0)
    case .returnFromUpcall:
      call.arguments.0 = 0
      call.operand = generator.oneIn(10) ? generator.number(0...3) : 3
    case .writeConsole:
      call.arguments = (address(&generator), generator.number(0...40), 0, 0, 0, 0)
      call.operand = generator.number(0...16)
    case .noteWords:
      let count = generator.oneIn(4) ? generator.number(0...300) : generator.number(1...20)
      call.arguments = (address(&generator) &+ (generator.oneIn(10) ? 4 : 0), count, 0, 0, 0, 0)
    case .readStatistic: call.arguments = (generator.number(0...11), generator.number(0...5), 0, 0, 0, 0)
    case .bindEvent, .raiseEvent: call.arguments.0 = generator.oneIn(30) ? generator.next() : generator.number(0...6)
    case .setTimer: call.arguments = timer(&generator)
    case .setExceptionEntry: call.arguments.0 = generator.oneIn(20) ? address(&generator) : ModuleDescription.entry
    case .setExceptionHandler:
      let exceptions: [UInt64] = [0, 3, 4, 6, 12, 13, 14, 17, 18, 32, 33]
      call.arguments.0 = exceptions.randomElement(using: &generator)!
      call.arguments.1 = generator.oneIn(8) ? 0 : ModuleDescription.handler + generator.number(0...64)
    case .setPartitionMode:
      // Mostly into NORMAL: what starts again and again, or is idle, does little else.
      call.arguments.0 = generator.oneIn(30) ? generator.number(generator.oneIn(8) ? 0...4 : 1...4) : 3
    case .raiseApplicationError:
      let isSensible = !generator.oneIn(6)
      call.arguments = (
        isSensible ? 1 : generator.number(0...9), address(&generator), generator.number(0...140), 0, 0, 0
      )
      // A deadline that was missed has no message.
      if generator.oneIn(4) { (call.arguments.0, call.arguments.2) = (0, 0) }
      call.operand = generator.number(0...3) | (generator.oneIn(4) ? 0 : 1 << 32)
    case .readErrorLog: call.arguments = (generator.number(0...60), generator.number(0...3), 0, 0, 0, 0)
    case .setModuleSchedule: call.arguments.0 = generator.oneIn(8) ? generator.number(0...2) : 9
    case .note, .setSegmentBase: call.arguments.0 = generator.next()
    // Of a module without processes: any keys will do.
    case .tellProcess: call.arguments = (generator.next(), generator.number(0...6), generator.next(), 0, 0, 0)
    default: choosePort(for: &call, number, &generator)
    }
    return call
  }

  /// An address of a partition's memory, as a rule one that all calls may use.
  private static func address(_ generator: inout SeededGenerator) -> UInt64 {
    let place: [UInt64] = [
      ModuleDescription.data, ModuleDescription.constants, PartitionLayout.stackTop - 512, 0, .max - 7,
    ]
    return generator.oneIn(8) ? place.randomElement(using: &generator)! : ModuleDescription.data
  }

  /// Few interrupts wanted by all services of one: else hardly any would ever be delivered.
  private static func vector(_ generator: inout SeededGenerator) -> UInt64 {
    let favourites: [UInt64] = [36, 39, 41, 48, 51, 57, 64, 64, 66]
    let any = generator.oneIn(20) ? generator.next() : generator.number(32...66)
    var vector = generator.oneIn(2) ? favourites.randomElement(using: &generator)! : any
    if generator.oneIn(8) { vector = UInt64(VirtualInterrupt.queuingPort.vector) }
    if generator.oneIn(20) { vector = UInt64(VirtualInterrupt.health.vector) }
    return vector
  }

  /// What a call of ports asks for; of no other call anything changes.
  private static func choosePort(
    for call: inout Hypercall, _ number: HypercallNumber, _ generator: inout SeededGenerator
  ) {
    switch number {
    case .createSamplingPort:
      let port = samplingPorts.randomElement(using: &generator)!
      call.arguments = (address(&generator), port.bytes, port.isDestination ? 1 : 0, port.last, 0, 0)
      call.operand = generator.oneIn(10) ? generator.number(0...15) : port.identifier
    case .createQueuingPort:
      let port = queuingPorts.randomElement(using: &generator)!
      let direction: UInt64 = port.isDestination ? 1 : 0
      call.arguments = (
        address(&generator), port.bytes, port.last, direction | generator.number(0...1) << 8, 0, 0
      )
      call.operand = generator.oneIn(10) ? generator.number(0...15) : port.identifier
    case .writeSamplingMessage, .readSamplingMessage, .readSamplingTime:
      let port = samplingPorts.randomElement(using: &generator)!.identifier
      call.arguments = (
        generator.oneIn(10) ? generator.number(0...15) : port, address(&generator), generator.number(0...80), 0, 0, 0
      )
    case .sendQueuingMessage, .receiveQueuingMessage, .readQueuingStatus, .clearQueuingPort:
      let port = queuingPorts.randomElement(using: &generator)!.identifier
      let bytes = number == .receiveQueuingMessage ? 80 : generator.number(0...50)
      call.arguments = (generator.oneIn(10) ? generator.number(0...15) : port, address(&generator), bytes, 0, 0, 0)
    default: break
    }
  }

  /// First tick and period: mostly some that fall due in the run, some at the edges of what a word can say.
  private static func timer(
    _ generator: inout SeededGenerator
  ) -> (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) {
    let edges: [UInt64] = [0, 1, .max, .max - 1, 1 << 63]
    let first =
      generator.oneIn(6) ? edges.randomElement(using: &generator)! : generator.number(1...100) * 1_000_000
    let periods: [UInt64] = [0, 9_999, 10_000, 70_000, 1_000_000, 2_500_000, 7_000_001, .max, .max - 12, 1 << 63]
    return (first, periods.randomElement(using: &generator)!, 0, 0, 0, 0)
  }
}

extension ModuleDescription {
  /// The standard module made lively: lines of both policies with narrow budgets, stimuli, queuing channels with one
  /// destination and with several, and partitions that mostly survive what they do.
  public static var lively: ModuleDescription {
    var module = ModuleDescription.standard
    for line in 0..<16 where line % 3 == 0 { module.lines[line].policy = .maskedUntilOwner }
    for line in 0..<16 { module.lines[line].budgetPerWindow = UInt64(1 + line % 4) }
    for index in 0..<30 as Range<UInt64> {
      module.stimuli.append(
        StimulusRecord(
          time: SystemTime(nanoseconds: 1_300_000 + index * index * 400_000),
          action: index % 3 == 0 ? .serialByte : .linePulse, data: index % 16))
    }
    module.addQueuingChannel(
      from: 0, to: [.init(1, count: 4), .init(2, count: 1, discards: true), .init(0, count: 3)], bytes: 48)
    module.addQueuingChannel(from: 2, to: [.init(0, count: 5)], bytes: 16)
    module.addQueuingChannel(from: 1, to: [.init(1, count: 1)], bytes: 80)
    module.addChannel(from: 1, to: [0, 2], bytes: 32, refresh: 3_000_000)
    // Each partition another way of delivery, depth and policy; channels to each other, and one to itself.
    let policies: [MissedTickPolicy] = [.count, .deliverAll, .latestOnly, .count]
    for (index, policy) in policies.enumerated() {
      module.partitions[index].missedTickPolicy = policy
      module.partitions[index].maximumUpcallDepth = UInt8(1 + index * 2)
      module.partitions[index].markedLines = index == 1 ? 0xFFFF : index == 2 ? 0 : 0x5555
    }
    let ends: [(UInt8, UInt8)] = [(0, 1), (1, 0), (2, 0), (0, 0), (1, 2), (3, 1)]
    for (index, end) in ends.enumerated() {
      module.eventChannels.append(
        EventChannelRecord(
          identifier: UInt64(index), source: PartitionIndex(end.0), destination: PartitionIndex(end.1),
          vector: UInt8(48 + index * 3)))
    }
    module.addLivelySchedules()
    module.addLivelyHealthTables()
    return module
  }

  /// Two more schedules with frames of their own; 0 and 1 may ask for them, and all but the drainer act on a change.
  private mutating func addLivelySchedules() {
    partitions[0].flags.insert(.mayChangeSchedule)
    partitions[1].flags.insert(.mayChangeSchedule)
    otherSchedules = [
      OtherSchedule(
        identifier: 1, frame: 7_000_000,
        windows: [
          Self.window(1_000_000, 1_000_000, of: 1), Self.window(2_000_000, 2_000_000, of: 0),
          Self.window(4_000_000, 3_000_000, of: 2),
        ]),
      OtherSchedule(
        identifier: 2, frame: 12_000_000,
        windows: [Self.window(0, 5_000_000, of: 0), Self.window(5_000_000, 3_000_000, of: 1)]),
    ]
    scheduleActions = [
      ScheduleActionRecord(schedule: 1, partition: PartitionIndex(0), action: .warmStart),
      ScheduleActionRecord(schedule: 1, partition: PartitionIndex(2), action: .coldStart),
      ScheduleActionRecord(schedule: 2, partition: PartitionIndex(1), action: .warmStart),
    ]
  }

  /// Every level, action and row, a callback of the module and of partition 0; 2 keeps its data over a warm start.
  private mutating func addLivelyHealthTables() {
    hasModuleCallback = true
    partitions[0].callbackEntry = Self.text + 0x300
    segments[8].access.insert(.retained)
    let states: [SystemState] = [.partitionExecution, .partitionInitialisation, .errorHandling]
    for partition in 0...3 as ClosedRange<UInt8> {
      for error in 0...7 as ClosedRange<UInt8> {
        for state in states {
          guard let error = ErrorCode(rawValue: error) else { continue }
          var record = HealthActionRecord(
            partition: PartitionIndex(partition), error: error, action: .ignore, state: state)
          if error == .memoryViolation { record.action = partition == 0 ? .coldStart : .warmStart }
          if error == .numericError, state == .partitionExecution { record.action = .warmStart }
          if error == .applicationError { record.level = .process }
          if error == .hardwareFault, partition < 2 {
            record.level = .module
            record.moduleAction = partition == 0 ? .reset : .ignore
          }
          if partition == 3 { record.action = .ignore }
          healthActions.append(record)
        }
      }
    }
  }
}

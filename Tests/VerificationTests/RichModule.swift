import APEXTypes
import ModuleConfiguration

/// A module with all that `SampleModule` has not: two schedules, events, timers, queues, callbacks, every level of
/// error.
enum RichModule {
  static let frame: UInt64 = 10_000_000
  static let allowance: UInt64 = 50_000
  static let entryPoint: UInt64 = 0x40_0010
  static let upcallEntry: UInt64 = 0x40_0100
  static let exceptionEntry: UInt64 = 0x40_0180
  static let handler: UInt64 = 0x40_0200
  static let callback: UInt64 = 0x40_0300
  static let master: UInt8 = 0
  static let worker: UInt8 = 1
  static let sink: UInt8 = 2
  static let drainer: UInt8 = 3
  /// Ports: the queue's source, its destinations in worker (two places) and sink (one, discarding).
  static let source: UInt32 = 0
  static let workerQueue: UInt32 = 1
  static let sinkQueue: UInt32 = 2
  /// Pieces of memory: 12 or 8 KiB of data and a page of stack, or the stack alone.
  static let pieces: [UInt32] = [3, 2, 1, 1]

  /// - Parameters:
  ///   - action: what a change to the other schedule does to Worker.
  ///   - handling: of which level its numeric errors are while it handles an error.
  ///   - fault: what becomes of it for one while it executes.
  ///   - processes: of whichever partitions.
  static func make(
    _ action: ScheduleChangeAction = .warmStart, handling: ErrorLevel = .partition,
    fault: PartitionRecoveryAction = .coldStart, processes: [SampleModule.Work] = []
  ) throws -> SampleModule {
    try SampleModule { name in
      configuration(name, action, healthActions(handling, fault))
        + (processes.isEmpty ? [] : [SampleModule.processes(processes, name)])
    }
  }

  private static func configuration(
    _ name: (String) -> NameReference, _ action: ScheduleChangeAction, _ healthActions: [HealthActionRecord]
  ) -> SampleModule.Sections {
    let module = ModuleRecord(
      name: name("Rich"), identifier: 2, switchAllowance: Nanoseconds(allowance), finalPad: Nanoseconds(5000),
      ringBytes: 65536, keyframeIntervalFrames: 1, intervalTimerHertz: 1000, realTimeClockHertz: 0,
      initialSchedule: 0, drainer: PartitionIndex(drainer), eventsPerBlock: 1000, hasModuleCallback: true)
    func schedule(_ identifier: UInt64, _ first: Int) -> ScheduleRecord {
      ScheduleRecord(
        identifier: identifier, name: name("s\(identifier)"), majorFrame: Nanoseconds(frame),
        windows: RecordRange(first: first, count: 3))
    }
    func window(_ start: UInt64, _ owner: UInt8) -> WindowRecord {
      WindowRecord(
        start: Nanoseconds(start), duration: Nanoseconds(2_000_000), partition: PartitionIndex(owner), identifier: 0,
        isPeriodStart: true)
    }
    func segment(_ owner: UInt8, _ address: UInt64, _ bytes: UInt64, _ access: SegmentRecord.Access) -> SegmentRecord {
      SegmentRecord(
        partition: PartitionIndex(owner), virtualAddress: address, memoryBytes: bytes, imageOffset: 0, imageBytes: 0,
        access: access, checksum: 0)
    }
    return [
      SampleModule.records([module]), SampleModule.records(partitions(name)),
      SampleModule.records([schedule(70, 0), schedule(71, 3)]),
      SampleModule.records([
        window(0, master), window(2_000_000, worker), window(4_000_000, sink),
        window(0, master), window(2_000_000, sink), window(4_000_000, worker),
      ]),
      SampleModule.records([
        segment(0, 0x40_0000, 0x1000, SegmentRecord.Access.read.union(.execute)),
        segment(0, 0x50_0000, 0x3000, SegmentRecord.Access.read.union(.write)),
        segment(1, 0x40_0000, 0x1000, SegmentRecord.Access.read.union(.execute)),
        segment(1, 0x50_0000, 0x2000, SegmentRecord.Access.read.union(.write)),
      ]),
      SampleModule.records(ports(name)),
      SampleModule.records([ChannelRecord(identifier: 0, sourcePort: 0, maximumMessageBytes: 64)]),
      SampleModule.records([
        LineRecord(
          line: 0, policy: .markedAtOnce, budgetPerWindow: 100, recipe: .none, hasKernelHandler: false,
          stolenTime: Nanoseconds(2000)),
        LineRecord(
          line: 4, policy: .markedAtOnce, budgetPerWindow: 100, recipe: .none, hasKernelHandler: false,
          stolenTime: Nanoseconds(2000)),
      ]),
      SampleModule.records([BudgetRecord(quantity: .windowStartError, subject: 0, bound: 10)]),
      SampleModule.records(healthActions),
      SampleModule.records([
        ScheduleActionRecord(schedule: 1, partition: PartitionIndex(worker), action: action)
      ]),
      SampleModule.records([
        EventChannelRecord(
          identifier: 7, source: PartitionIndex(master), destination: PartitionIndex(worker), vector: 48)
      ]),
    ]
  }

  private static func partitions(_ name: (String) -> NameReference) -> [PartitionRecord] {
    func partition(
      _ text: String, _ flags: PartitionRecord.Flags, _ lines: UInt16, _ port: Int?, _ policy: MissedTickPolicy,
      callback: UInt64 = 0
    ) -> PartitionRecord {
      PartitionRecord(
        name: name(text), identifier: 1, flags: flags, criticality: 0, period: Nanoseconds(0),
        duration: Nanoseconds(0), entryPoint: entryPoint, stackBytes: 4096,
        segments: RecordRange(first: lines != 0 ? 0 : 2, count: lines != 0 || callback != 0 ? 2 : 1),
        ports: RecordRange(first: port ?? 0, count: port == nil ? 0 : 1),
        portGrants: RecordRange(first: 0, count: 0), buildIdentity: 0, permittedLines: lines,
        markedLines: lines & 1 << 4, maximumUpcallDepth: 1, missedTickPolicy: policy, callbackEntry: callback)
    }
    return [
      partition(
        "Master", PartitionRecord.Flags.system.union(.mayChangeSchedule), 1 | 1 << 4, 0, .count),
      partition("Worker", PartitionRecord.Flags(), 0, 1, .deliverAll, callback: callback),
      partition("Sink", PartitionRecord.Flags(), 0, 2, .latestOnly),
      partition("Drainer", .drainer, 0, nil, .count),
    ]
  }

  private static func ports(_ name: (String) -> NameReference) -> [PortRecord] {
    func port(_ owner: UInt8, _ direction: PortDirection, _ count: UInt64, _ discards: Bool) -> PortRecord {
      PortRecord(
        partition: PartitionIndex(owner), name: name("jobs"), kind: .queuing, direction: direction,
        maximumMessageBytes: 64, refreshPeriod: Nanoseconds(0), channel: 0, maximumMessageCount: count,
        discardsWhenFull: discards)
    }
    return [port(master, .source, 2, false), port(worker, .destination, 2, false), port(sink, .destination, 1, true)]
  }

  private static func healthActions(_ handling: ErrorLevel, _ fault: PartitionRecoveryAction) -> [HealthActionRecord] {
    func rule(
      _ partition: UInt8, _ error: ErrorCode, _ state: SystemState, _ level: ErrorLevel,
      _ action: PartitionRecoveryAction = .idle, _ moduleAction: ModuleRecoveryAction = .ignore
    ) -> HealthActionRecord {
      HealthActionRecord(
        partition: PartitionIndex(partition), error: error, action: action, state: state, level: level,
        moduleAction: moduleAction)
    }
    return [
      rule(master, .stackOverflow, .partitionExecution, .partition, .ignore),
      rule(master, .applicationError, .partitionExecution, .module),
      rule(worker, .applicationError, .partitionExecution, .process, .ignore),
      rule(worker, .numericError, .partitionExecution, .partition, fault),
      rule(worker, .numericError, .errorHandling, handling, .ignore),
      rule(sink, .applicationError, .partitionExecution, .module, .idle, .reset),
      rule(sink, .applicationError, .partitionInitialisation, .module, .idle, .shutdown),
    ]
  }
}

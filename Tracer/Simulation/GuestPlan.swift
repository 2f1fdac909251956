import APEXTypes
import ModuleConfiguration

/// What a simulated partition can do, read from the module table: how it sets itself up, and the calls it makes.
struct GuestPlan {
  /// Calls in COLD_START, in order; the last enters NORMAL.
  private(set) var setup: [GuestCall] = []
  /// Calls to choose from while it works; what comes more often is in it several times.
  private(set) var work: [GuestCall] = []
  let isDrainer: Bool
  /// Where code is: handlers and trampolines are told to be there.
  let code: UInt64
  let entryPoint: UInt64
  let buffer: UInt64 = PartitionLayout.stackTop - 2048
  /// The tightest deadline of its processes, ns; all ones for none.
  private(set) var deadline: UInt64 = .max
  /// Whether exceptions are handled by the partition itself.
  private(set) var handlesExceptions = false

  init(_ table: ModuleTable, _ index: PartitionIndex) {
    let record = table.partition(index)
    isDrainer = table.module.drainer == index
    entryPoint = record.entryPoint
    var code = record.entryPoint
    for place in record.segments.first..<(record.segments.first + record.segments.count) {
      let segment = table.record(SegmentRecord.self, place)
      if segment.access.contains(.execute), segment.memoryBytes >= 4096 { code = segment.virtualAddress }
    }
    self.code = code
    for place in 0..<table.count(ProcessRecord.self) {
      let process = table.record(ProcessRecord.self, place)
      if process.partition == index { deadline = min(deadline, process.deadline.count) }
    }
    if !isDrainer {
      takeInterrupts(table, index, record)
      makePorts(table, index)
      readAndWrite()
    }
    setup.append(GuestCall(.setPartitionMode, UInt64(OperatingMode.normal.rawValue)))
  }

  private mutating func takeInterrupts(_ table: ModuleTable, _ index: PartitionIndex, _ record: PartitionRecord) {
    setup.append(GuestCall(.setUpcallEntry, code + 0x40, code + 0x80, code + 0xA0))
    setup.append(GuestCall(.setExceptionEntry, code + 0xC0))
    for vector in [0, 6, 14, 32] as [UInt64] {
      setup.append(GuestCall(.setExceptionHandler, vector, code + 0x100 + vector * 8))
    }
    handlesExceptions = true
    for line in UInt64(0)..<16 where record.permittedLines & 1 << UInt16(line) != 0 { take(32 + line) }
    for place in 0..<table.count(EventChannelRecord.self) {
      let channel = table.record(EventChannelRecord.self, place)
      if channel.destination == index {
        let vector = UInt64(channel.vector)
        setup.append(GuestCall(.registerHandler, vector, code + 0x200 + vector * 8))
        setup.append(GuestCall(.enableInterrupt, vector))
        setup.append(GuestCall(.bindEvent, channel.identifier))
      }
      if channel.source == index {
        for _ in 0..<2 { work.append(GuestCall(.raiseEvent, channel.identifier)) }
      }
    }
    take(UInt64(VirtualInterrupt.timer.vector))
    setup.append(GuestCall(.setTimer, 3_000_000, 7_000_000))
  }

  /// Handler first, mark last: a mark never finds its line half set up.
  private mutating func take(_ vector: UInt64) {
    setup.append(GuestCall(.registerHandler, vector, code + 0x200 + vector * 8))
    setup.append(GuestCall(.enableInterrupt, vector))
    setup.append(GuestCall(.registerVCPU, vector))
  }

  private mutating func makePorts(_ table: ModuleTable, _ partition: PartitionIndex) {
    for index in 0..<table.count(PortRecord.self) {
      let port = table.record(PortRecord.self, index)
      guard port.partition == partition else { continue }
      let identifier = UInt64(index) + 1
      let direction = UInt64(port.direction.rawValue)
      if port.kind == .sampling {
        setup.append(
          GuestCall(
            .createSamplingPort, buffer, port.maximumMessageBytes, direction, port.refreshPeriod.count,
            operand: identifier))
      } else {
        setup.append(
          GuestCall(
            .createQueuingPort, buffer, port.maximumMessageBytes, port.maximumMessageCount, direction,
            operand: identifier))
        work.append(GuestCall(.readQueuingStatus, identifier))
      }
      let number: HypercallNumber =
        switch (port.kind, port.direction) {
        case (.sampling, .source): .writeSamplingMessage
        case (.sampling, .destination): .readSamplingMessage
        case (.queuing, .source): .sendQueuingMessage
        case (.queuing, .destination): .receiveQueuingMessage
        }
      for _ in 0..<5 { work.append(GuestCall(number, identifier, buffer, port.maximumMessageBytes)) }
    }
  }

  private mutating func readAndWrite() {
    work += [
      GuestCall(.null), GuestCall(.null), GuestCall(.readTime), GuestCall(.readTime), GuestCall(.readTime),
      GuestCall(.note), GuestCall(.note), GuestCall(.writeConsole, buffer), GuestCall(.readStatistic),
      GuestCall(.readStatistic), GuestCall(.acknowledgeInterrupt, 64), GuestCall(.readErrorLog),
      GuestCall(.setSegmentBase), GuestCall(.setTimer), GuestCall(raw: 99),
    ]
  }

  /// A call of the partition's work, with arguments of its own.
  func call(_ generator: inout SeededGenerator) -> GuestCall {
    var call = work[Int(generator.number(0...UInt64(work.count - 1)))]
    switch HypercallNumber(rawValue: call.number) {
    case .note where generator.oneIn(4):
      call = GuestCall(.noteWords, buffer, generator.number(generator.oneIn(16) ? 0...300 : 1...16))
    case .note: call.arguments = (generator.number(0...9), generator.next() >> 32, 0, 0)
    case .writeConsole:
      call.arguments.1 = generator.number(1...40)
      call.operand = generator.number(0...16)
    case .readStatistic: call.arguments = (generator.number(0...10), 0, 0, 0)
    case .writeSamplingMessage, .sendQueuingMessage: call.arguments.2 = generator.number(1...call.arguments.2)
    case .readErrorLog: call.arguments = (generator.number(0...3), generator.number(0...3), 0, 0)
    case .setSegmentBase: call.arguments.0 = generator.number(0...255) << 12
    case .setTimer: call.arguments = (0, generator.number(400_000...9_000_000), 0, 0)
    default: break
    }
    return call
  }
}

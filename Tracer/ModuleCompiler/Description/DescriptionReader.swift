import APEXTypes
import ModuleConfiguration

/// Turns the elements of a module file into a `ModuleDescription`.
///
/// An element that lacks what it needs is left out (the schema or the reader has told why); the rest is read, so that
/// the rules of meaning can speak about it at the same time.
struct DescriptionReader {
  var reader: AttributeReader
  var description = ModuleDescription()

  init(diagnostics: DiagnosticList) { reader = AttributeReader(diagnostics: diagnostics) }

  mutating func read(_ root: ConfigurationElement) {
    description.name = reader.required(reader.text("ModuleName", of: root)) ?? ""
    description.identifier = reader.number("ModuleId", of: root) ?? 0
    description.line = root.line
    description.partitions = root.children("Partition").compactMap { readPartition($0) }
    description.memories = root.children("Partition_Memory").compactMap { readMemory($0) }
    for (ordinal, schedule) in root.children("Module_Schedule").enumerated() {
      if let schedule = readSchedule(schedule, ordinal: ordinal) { description.schedules.append(schedule) }
    }
    if let table = reader.single("Connection_Table", of: root) {
      description.channels = table.children("Channel").compactMap { readChannel($0) }
    }
    readClocksAndTrace(root)
    if let interrupts = reader.single("p:Interrupts", of: root) {
      description.lines = interrupts.children("p:Line").compactMap { readLine($0) }
    }
    if let channels = reader.single("p:Event_Channels", of: root) {
      description.eventChannels = channels.children("p:EventChannel").compactMap { readEventChannel($0) }
    }
    if let budgets = reader.single("p:Budgets", of: root) {
      description.budgets = budgets.children("p:Budget").compactMap { readBudget($0) }
    }
    if let claims = reader.single("p:Claims", of: root) {
      description.claims = claims.children("p:Claim").compactMap { readClaim($0) }
      description.claimChoices =
        claims.children("p:Choose").compactMap { readClaimChoice($0, .choose) }
        + claims.children("p:Except").compactMap { readClaimChoice($0, .except) }
    }
    readHealthTables(root)
  }

  private mutating func readClocksAndTrace(_ root: ConfigurationElement) {
    description.clocks.line = root.line
    description.trace.line = root.line
    if let clocks = reader.single("p:Clocks", of: root) {
      description.clocks.intervalTimerHertz = reader.number("IntervalTimerHertz", of: clocks) ?? 0
      description.clocks.realTimeClockHertz = reader.number("RealTimeClockHertz", of: clocks) ?? 0
      description.clocks.line = clocks.line
    }
    if let trace = reader.single("p:Trace", of: root) {
      let standard = TraceDescription()
      description.trace.ringBytes = reader.number("RingBytes", of: trace) ?? standard.ringBytes
      description.trace.keyframeIntervalFrames =
        reader.number("KeyframeIntervalFrames", of: trace) ?? standard.keyframeIntervalFrames
      description.trace.eventsPerBlock = reader.number("EventsPerBlock", of: trace) ?? standard.eventsPerBlock
      description.trace.ringPolicy =
        reader.choice(
          "Policy", of: trace, ["DISCARD_NEW": .discardNew, "FLIGHT_RECORDER": .flightRecorder]) ?? standard.ringPolicy
      description.trace.compression =
        reader.choice("Compression", of: trace, ["LZ4": .lz4, "NONE": .stored]) ?? standard.compression
      description.trace.leftOut = reader.names("LeftOut", of: trace)
      description.trace.line = trace.line
    }
  }

  private mutating func readMemory(_ element: ConfigurationElement) -> PartitionMemory? {
    guard let identifier = reader.required(reader.number("PartitionIdentifier", of: element)) else { return nil }
    let kinds: [String: PartitionMemory.Kind] = ["CODE": .code, "DATA": .data, "INPUT_OUTPUT": .inputOutput]
    let accesses = ["READ_ONLY": false, "READ": false, "READ_WRITE": true, "WRITE": true]
    let regions = element.children("Memory_Requirements").compactMap { region -> PartitionMemory.Region? in
      guard let kind = reader.required(reader.choice("Type", of: region, kinds)),
        let bytes = reader.required(reader.number("SizeBytes", of: region)),
        let isWritable = reader.required(reader.choice("Access", of: region, accesses))
      else { return nil }
      if region.attributes["PhysicalAddress"] != nil {
        reader.unsupported(
          region, "PhysicalAddress of a region is not used", "leave it out: the kernel places memory itself")
      }
      if kind == .inputOutput {
        reader.unsupported(
          region, "a region of type INPUT_OUTPUT is not mapped", "grant I/O ports with p:PortGrant instead")
      }
      return PartitionMemory.Region(kind: kind, bytes: bytes, isWritable: isWritable, line: region.line)
    }
    return PartitionMemory(partitionIdentifier: identifier, regions: regions, line: element.line)
  }

  private mutating func readSchedule(_ element: ConfigurationElement, ordinal: Int) -> ScheduleDescription? {
    let frame = reader.required(reader.seconds("MajorFrameSeconds", of: element))
    let partitions = element.children("Partition_Schedule").compactMap { entry -> PartitionScheduleDescription? in
      var partition = readPartitionSchedule(entry)
      let isMarked = entry.children("Window_Schedule").contains { $0.attributes["PartitionPeriodStart"] != nil }
      if let frame, !isMarked { partition?.markPeriodStarts(majorFrame: frame) }
      return partition
    }
    guard let frame else { return nil }
    return ScheduleDescription(
      identifier: reader.number("ScheduleIdentifier", of: element) ?? UInt64(ordinal),
      name: reader.text("ScheduleName", of: element) ?? "",
      isInitial: reader.boolean("InitialModuleSchedule", of: element), majorFrame: frame, partitions: partitions,
      line: element.line)
  }

  private mutating func readPartitionSchedule(_ element: ConfigurationElement) -> PartitionScheduleDescription? {
    let windows = element.children("Window_Schedule").compactMap { window -> WindowDescription? in
      guard let identifier = reader.required(reader.number("WindowIdentifier", of: window)),
        let start = reader.required(reader.seconds("WindowStartSeconds", of: window)),
        let duration = reader.required(reader.seconds("WindowDurationSeconds", of: window))
      else { return nil }
      return WindowDescription(
        identifier: identifier, start: start, duration: duration,
        isPeriodStart: reader.boolean("PartitionPeriodStart", of: window), line: window.line)
    }
    guard let identifier = reader.required(reader.number("PartitionIdentifier", of: element)),
      let period = reader.required(reader.seconds("PeriodSeconds", of: element)),
      let duration = reader.required(reader.seconds("PeriodDurationSeconds", of: element))
    else { return nil }
    let actions: [String: ScheduleChangeAction] = [
      "IGNORE": .ignore, "WARM_START": .warmStart, "COLD_START": .coldStart,
    ]
    return PartitionScheduleDescription(
      partitionIdentifier: identifier, period: period, duration: duration, windows: windows,
      changeAction: reader.choice("ScheduleChangeAction", of: element, actions) ?? .ignore,
      mayChangeSchedule: reader.boolean("SetModuleSchedule", of: element), line: element.line)
  }

  private mutating func readChannel(_ element: ConfigurationElement) -> ChannelDescription? {
    guard let identifier = reader.required(reader.number("ChannelIdentifier", of: element)),
      let source = element.children("Source").first.flatMap({ readEnd($0) })
    else { return nil }
    let destinations = element.children("Destination").compactMap { readEnd($0) }
    return ChannelDescription(
      identifier: identifier, source: source, destinations: destinations, line: element.line)
  }

  private mutating func readEnd(_ element: ConfigurationElement) -> ChannelDescription.End? {
    guard let partition = reader.required(element.children("Standard_Partition").first),
      let identifier = reader.required(reader.number("PartitionIdentifier", of: partition)),
      let name = reader.required(reader.text("PortName", of: partition))
    else { return nil }
    return .init(partitionIdentifier: identifier, portName: name, line: partition.line)
  }

  private mutating func readLine(_ element: ConfigurationElement) -> LineDescription? {
    var owners: [LineOwner] = []
    for owner in element.children("p:Owner") {
      if let identifier = reader.required(reader.number("PartitionIdentifier", of: owner)) {
        let isMarked = reader.choice("Delivery", of: owner, ["DIRECT": false, "MARKED": true]) ?? false
        owners.append(LineOwner(identifier: identifier, isMarked: isMarked, line: owner.line))
      }
    }
    let policies: [String: LineRecord.ForeignPolicy] = [
      "MARKED_AT_ONCE": .markedAtOnce, "MASKED_UNTIL_OWNER": .maskedUntilOwner,
    ]
    let recipes: [String: LineRecord.AcknowledgeRecipe] = [
      "NONE": .none, "READ_RTC_STATUS": .readRealTimeClockStatus, "OWNER_READS_RECEIVER": .ownerReadsReceiver,
    ]
    guard let number = reader.required(reader.number("Number", of: element)),
      let policy = reader.required(reader.choice("Policy", of: element, policies))
    else { return nil }
    return LineDescription(
      number: number, policy: policy, budgetPerWindow: reader.number("BudgetPerWindow", of: element) ?? 0,
      recipe: reader.choice("Recipe", of: element, recipes) ?? .none,
      hasKernelHandler: reader.boolean("KernelHandler", of: element),
      stolenTime: reader.seconds("StolenTimeSeconds", of: element), owners: owners, line: element.line)
  }

  private mutating func readEventChannel(_ element: ConfigurationElement) -> EventChannelDescription? {
    guard let identifier = reader.required(reader.number("Identifier", of: element)),
      let source = reader.required(reader.number("SourcePartition", of: element)),
      let destination = reader.required(reader.number("DestinationPartition", of: element)),
      let vector = reader.required(reader.number("Vector", of: element))
    else { return nil }
    return EventChannelDescription(
      identifier: identifier, sourceIdentifier: source, destinationIdentifier: destination, vector: vector,
      line: element.line)
  }

  private mutating func readBudget(_ element: ConfigurationElement) -> BudgetDescription? {
    let quantities: [String: BudgetRecord.Quantity] = [
      "WINDOW_START_ERROR": .windowStartError, "INTERRUPT_TO_MARK": .interruptToMark,
      "MARK_TO_UPCALL": .markToUpcall, "HYPERCALL": .hypercall, "KERNEL_TIME_PER_FRAME": .kernelTimePerFrame,
      "TRACE_BYTES_PER_SECOND": .traceBytesPerSecond, "TIMER_LATENESS": .timerLateness, "PAD_MARGIN": .padMargin,
      "STOP_DELAY": .stopDelay, "PARTITION_SUPPLY": .partitionSupply, "WINDOW_OVERRUN": .windowOverrun,
    ]
    guard let quantity = reader.required(reader.choice("Quantity", of: element, quantities)) else { return nil }
    return BudgetDescription(
      quantity: quantity, subject: reader.number("Subject", of: element),
      boundTime: reader.seconds("BoundSeconds", of: element), boundCount: reader.number("Bound", of: element),
      line: element.line)
  }
}

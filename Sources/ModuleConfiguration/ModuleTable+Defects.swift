import APEXTypes

extension ModuleTable {
  /// Whether some record cannot be read or points outside the table, checked once at opening.
  ///
  /// These are the conditions that kernel and tools rely on without looking again; whether the configuration makes
  /// sense is the business of `partita check`.
  var hasDefectiveRecord: Bool {
    isTooLarge || isAnyUnreadable || isAnyNameOutside || isAnyReferenceOutside || isAnyPortOutside
      || isAnyClaimDefective
  }

  /// More records of a kind than the kernel has room for.
  private var isTooLarge: Bool {
    count(WindowRecord.self) > ModuleLimits.maximumWindowCount || count(PortRecord.self) > ModuleLimits.maximumPortCount
      || count(ChannelRecord.self) > ModuleLimits.maximumPortCount || count(LineRecord.self) > ModuleLimits.lineCount
      || count(SegmentRecord.self) > ModuleLimits.maximumPartitionCount * 16
      || count(ScheduleRecord.self) > ModuleLimits.maximumWindowCount
      || count(EventChannelRecord.self) > ModuleLimits.maximumEventChannelCount
  }

  private func unreadable<Record: TableRecord>(_ type: Record.Type) -> Bool {
    for index in 0..<count(type) where recordIfValid(type, index) == nil { return true }
    return false
  }

  private var isAnyUnreadable: Bool {
    unreadable(ModuleRecord.self) || unreadable(PartitionRecord.self) || unreadable(ScheduleRecord.self)
      || unreadable(WindowRecord.self) || unreadable(SegmentRecord.self) || unreadable(PortRecord.self)
      || unreadable(ChannelRecord.self) || unreadable(LineRecord.self) || unreadable(PortGrantRecord.self)
      || unreadable(BudgetRecord.self) || unreadable(ProcessRecord.self) || unreadable(StimulusRecord.self)
      || unreadable(HealthActionRecord.self) || unreadable(ScheduleActionRecord.self)
      || unreadable(EventChannelRecord.self)
  }

  private var stringBytes: Int {
    let strings = location(of: .strings)
    return strings.count * strings.stride * 8
  }

  private var isAnyNameOutside: Bool {
    let stringBytes = self.stringBytes
    func outside(_ name: NameReference) -> Bool { name.offset + name.length > stringBytes }
    if outside(module.name) { return true }
    for index in 0..<partitionCount where outside(record(PartitionRecord.self, index).name) { return true }
    for index in 0..<count(ScheduleRecord.self) where outside(record(ScheduleRecord.self, index).name) { return true }
    for index in 0..<count(PortRecord.self) where outside(record(PortRecord.self, index).name) { return true }
    for index in 0..<count(ProcessRecord.self) where outside(record(ProcessRecord.self, index).name) { return true }
    return false
  }

  /// Claims and choices of them: most modules have none, and what is not there takes the kernel long to look for. So
  /// each is looked for once.
  private var isAnyClaimDefective: Bool {
    let (claims, choices) = (count(ClaimRecord.self), count(ClaimChoiceRecord.self))
    guard claims <= ModuleLimits.maximumClaimCount, choices <= ModuleLimits.maximumClaimChoiceCount else { return true }
    for index in 0..<claims {
      guard let claim = recordIfValid(ClaimRecord.self, index), claim.name.offset + claim.name.length <= stringBytes
      else { return true }
    }
    for index in 0..<choices {
      guard let pattern = recordIfValid(ClaimChoiceRecord.self, index)?.pattern, pattern.length > 0,
        pattern.length <= ModuleLimits.maximumClaimPatternLength, pattern.offset + pattern.length <= stringBytes
      else { return true }
    }
    return false
  }

  private var isAnyReferenceOutside: Bool {
    let partitions = partitionCount
    guard partitions > 0, partitions <= ModuleLimits.maximumPartitionCount else { return true }
    func outside(_ index: PartitionIndex) -> Bool { Int(index.rawValue) >= partitions }
    func outside(_ range: RecordRange, _ limit: Int) -> Bool { range.first + range.count > limit }

    let schedules = count(ScheduleRecord.self)
    guard schedules > 0, module.initialSchedule < UInt64(schedules) else { return true }
    // Nobody takes anything out of a flight recorder's ring.
    let mayDrain = module.ringPolicy == .discardNew
    guard module.drainer.isNone || mayDrain && !outside(module.drainer) else { return true }
    guard module.ringBytes.nonzeroBitCount == 1, module.ringBytes >= 65536, module.ringBytes <= 1 << 28 else {
      return true
    }
    for index in 0..<partitions {
      let partition = record(PartitionRecord.self, index)
      if outside(partition.segments, count(SegmentRecord.self)) || outside(partition.ports, count(PortRecord.self))
        || outside(partition.portGrants, count(PortGrantRecord.self))
      {
        return true
      }
    }
    for index in 0..<schedules {
      let schedule = record(ScheduleRecord.self, index)
      if outside(schedule.windows, count(WindowRecord.self)) || schedule.majorFrame.count == 0 { return true }
    }
    for index in 0..<count(WindowRecord.self) {
      let window = record(WindowRecord.self, index)
      if outside(window.partition) || window.duration.count == 0 { return true }
    }
    for index in 0..<count(SegmentRecord.self) {
      let segment = record(SegmentRecord.self, index)
      if outside(segment.partition) || segment.imageBytes > segment.memoryBytes { return true }
    }
    for index in 0..<count(ProcessRecord.self) where outside(record(ProcessRecord.self, index).partition) {
      return true
    }
    for index in 0..<count(ScheduleActionRecord.self) {
      let record = record(ScheduleActionRecord.self, index)
      if record.schedule >= UInt64(schedules) || outside(record.partition) { return true }
    }
    for index in 0..<count(EventChannelRecord.self) {
      let channel = record(EventChannelRecord.self, index)
      if outside(channel.source) || outside(channel.destination) { return true }
    }
    for index in 0..<count(PartitionScheduleRecord.self)
    where outside(record(PartitionScheduleRecord.self, index).partition) { return true }
    for index in 0..<partitions {
      let depth = record(PartitionRecord.self, index).maximumUpcallDepth
      if depth == 0 || depth > ModuleLimits.maximumUpcallDepth { return true }
    }
    for index in 0..<count(HealthActionRecord.self)
    where outside(record(HealthActionRecord.self, index).partition) { return true }
    return false
  }

  /// Ports of messages and of devices, channels and lines.
  private var isAnyPortOutside: Bool {
    let partitions = partitionCount
    func outside(_ index: PartitionIndex) -> Bool { Int(index.rawValue) >= partitions }
    for index in 0..<count(PortRecord.self) {
      let port = record(PortRecord.self, index)
      if outside(port.partition) || port.channel >= UInt64(count(ChannelRecord.self)) { return true }
      if port.maximumMessageCount > ModuleLimits.maximumQueuedMessages { return true }
      if port.kind == .queuing && port.maximumMessageCount == 0 { return true }
      // Every message of a channel fits its places.
      if port.maximumMessageBytes > record(ChannelRecord.self, Int(port.channel)).maximumMessageBytes { return true }
    }
    for index in 0..<count(ChannelRecord.self) {
      let channel = record(ChannelRecord.self, index)
      if channel.sourcePort >= UInt64(count(PortRecord.self)) { return true }
      if channel.maximumMessageBytes > UInt64(ModuleLimits.maximumMessageBytes) { return true }
    }
    for index in 0..<count(LineRecord.self) where record(LineRecord.self, index).line >= 16 { return true }
    for index in 0..<count(PortGrantRecord.self) {
      let grant = record(PortGrantRecord.self, index)
      if outside(grant.partition) || grant.firstPort > ModuleLimits.grantablePortCount { return true }
      if grant.count > ModuleLimits.grantablePortCount - grant.firstPort { return true }
    }
    return false
  }
}

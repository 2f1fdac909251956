import APEXTypes

/// A record of a module table: its section, and the two directions of its layout.
///
/// Reading never traps: an enumeration's unknown number gives nil, and `ModuleTable.firstDefect()` names the record.
public protocol TableRecord {
  static var section: ModuleSection { get }
  /// Reads the record from `word(i)`, `i` below `section.recordWords`; nil where a word has no meaning.
  init?(_ word: (Int) -> UInt64)
  /// Hands every word of the record to `put`, in order, as many as `section.recordWords`.
  func write(_ put: (UInt64) -> Void)
}

extension ModuleRecord: TableRecord {
  public static var section: ModuleSection { .module }
  public init?(_ word: (Int) -> UInt64) {
    name = NameReference(word: word(0))
    identifier = word(1)
    switchAllowance = Nanoseconds(word(2))
    finalPad = Nanoseconds(word(3))
    ringBytes = word(4)
    keyframeIntervalFrames = word(5)
    intervalTimerHertz = word(6)
    realTimeClockHertz = word(7)
    initialSchedule = word(8)
    drainer = PartitionIndex(UInt8(truncatingIfNeeded: word(9)))
    eventsPerBlock = word(10)
  }
  public func write(_ put: (UInt64) -> Void) {
    put(name.word)
    put(identifier)
    put(switchAllowance.count)
    put(finalPad.count)
    put(ringBytes)
    put(keyframeIntervalFrames)
    put(intervalTimerHertz)
    put(realTimeClockHertz)
    put(initialSchedule)
    put(UInt64(drainer.rawValue))
    put(eventsPerBlock)
    put(0)
  }
}

extension PartitionRecord: TableRecord {
  public static var section: ModuleSection { .partitions }
  public init?(_ word: (Int) -> UInt64) {
    name = NameReference(word: word(0))
    identifier = word(1)
    flags = Flags(rawValue: word(2))
    criticality = word(3)
    period = Nanoseconds(word(4))
    duration = Nanoseconds(word(5))
    entryPoint = word(6)
    stackBytes = word(7)
    segments = RecordRange(word: word(8))
    ports = RecordRange(word: word(9))
    portGrants = RecordRange(word: word(10))
    buildIdentity = word(11)
    permittedLines = UInt16(truncatingIfNeeded: word(12))
  }
  public func write(_ put: (UInt64) -> Void) {
    put(name.word)
    put(identifier)
    put(flags.rawValue)
    put(criticality)
    put(period.count)
    put(duration.count)
    put(entryPoint)
    put(stackBytes)
    put(segments.word)
    put(ports.word)
    put(portGrants.word)
    put(buildIdentity)
    put(UInt64(permittedLines))
    for _ in 0..<3 { put(0) }
  }
}

extension ScheduleRecord: TableRecord {
  public static var section: ModuleSection { .schedules }
  public init?(_ word: (Int) -> UInt64) {
    identifier = word(0)
    name = NameReference(word: word(1))
    majorFrame = Nanoseconds(word(2))
    windows = RecordRange(word: word(3))
  }
  public func write(_ put: (UInt64) -> Void) {
    put(identifier)
    put(name.word)
    put(majorFrame.count)
    put(windows.word)
    put(0)
  }
}

extension WindowRecord: TableRecord {
  public static var section: ModuleSection { .windows }
  public init?(_ word: (Int) -> UInt64) {
    start = Nanoseconds(word(0))
    duration = Nanoseconds(word(1))
    partition = PartitionIndex(UInt8(truncatingIfNeeded: word(2)))
    identifier = word(3)
    isPeriodStart = word(4) != 0
  }
  public func write(_ put: (UInt64) -> Void) {
    put(start.count)
    put(duration.count)
    put(UInt64(partition.rawValue))
    put(identifier)
    put(isPeriodStart ? 1 : 0)
  }
}

extension SegmentRecord: TableRecord {
  public static var section: ModuleSection { .segments }
  public init?(_ word: (Int) -> UInt64) {
    partition = PartitionIndex(UInt8(truncatingIfNeeded: word(0)))
    virtualAddress = word(1)
    memoryBytes = word(2)
    imageOffset = word(3)
    imageBytes = word(4)
    access = Access(rawValue: word(5))
    checksum = word(6)
  }
  public func write(_ put: (UInt64) -> Void) {
    put(UInt64(partition.rawValue))
    put(virtualAddress)
    put(memoryBytes)
    put(imageOffset)
    put(imageBytes)
    put(access.rawValue)
    put(checksum)
    put(0)
  }
}

extension PortRecord: TableRecord {
  public static var section: ModuleSection { .ports }
  public init?(_ word: (Int) -> UInt64) {
    guard let direction = PortDirection(rawValue: UInt8(truncatingIfNeeded: word(3))), word(3) < 256 else { return nil }
    partition = PartitionIndex(UInt8(truncatingIfNeeded: word(0)))
    name = NameReference(word: word(1))
    kind = word(2)
    self.direction = direction
    maximumMessageBytes = word(4)
    refreshPeriod = Nanoseconds(word(5))
    channel = word(6)
  }
  public func write(_ put: (UInt64) -> Void) {
    put(UInt64(partition.rawValue))
    put(name.word)
    put(kind)
    put(UInt64(direction.rawValue))
    put(maximumMessageBytes)
    put(refreshPeriod.count)
    put(channel)
  }
}

extension ChannelRecord: TableRecord {
  public static var section: ModuleSection { .channels }
  public init?(_ word: (Int) -> UInt64) {
    identifier = word(0)
    sourcePort = word(1)
    maximumMessageBytes = word(2)
  }
  public func write(_ put: (UInt64) -> Void) {
    put(identifier)
    put(sourcePort)
    put(maximumMessageBytes)
  }
}

extension LineRecord: TableRecord {
  public static var section: ModuleSection { .lines }
  public init?(_ word: (Int) -> UInt64) {
    guard let policy = ForeignPolicy(rawValue: word(1)), let recipe = AcknowledgeRecipe(rawValue: word(3)) else {
      return nil
    }
    line = word(0)
    self.policy = policy
    budgetPerWindow = word(2)
    self.recipe = recipe
    hasKernelHandler = word(4) != 0
    stolenTime = Nanoseconds(word(5))
  }
  public func write(_ put: (UInt64) -> Void) {
    put(line)
    put(policy.rawValue)
    put(budgetPerWindow)
    put(recipe.rawValue)
    put(hasKernelHandler ? 1 : 0)
    put(stolenTime.count)
  }
}

extension PortGrantRecord: TableRecord {
  public static var section: ModuleSection { .portGrants }
  public init?(_ word: (Int) -> UInt64) {
    partition = PartitionIndex(UInt8(truncatingIfNeeded: word(0)))
    firstPort = word(1)
    count = word(2)
  }
  public func write(_ put: (UInt64) -> Void) {
    put(UInt64(partition.rawValue))
    put(firstPort)
    put(count)
  }
}

extension BudgetRecord: TableRecord {
  public static var section: ModuleSection { .budgets }
  public init?(_ word: (Int) -> UInt64) {
    guard let quantity = Quantity(rawValue: word(0)) else { return nil }
    self.quantity = quantity
    subject = word(1)
    bound = word(2)
  }
  public func write(_ put: (UInt64) -> Void) {
    put(quantity.rawValue)
    put(subject)
    put(bound)
  }
}

extension ProcessRecord: TableRecord {
  public static var section: ModuleSection { .processes }
  public init?(_ word: (Int) -> UInt64) {
    partition = PartitionIndex(UInt8(truncatingIfNeeded: word(0)))
    name = NameReference(word: word(1))
    period = Nanoseconds(word(2))
    capacity = Nanoseconds(word(3))
    deadline = Nanoseconds(word(4))
    priority = word(5)
  }
  public func write(_ put: (UInt64) -> Void) {
    put(UInt64(partition.rawValue))
    put(name.word)
    put(period.count)
    put(capacity.count)
    put(deadline.count)
    put(priority)
  }
}

extension StimulusRecord: TableRecord {
  public static var section: ModuleSection { .stimuli }
  public init?(_ word: (Int) -> UInt64) {
    guard let action = Action(rawValue: word(1)) else { return nil }
    time = SystemTime(nanoseconds: word(0))
    self.action = action
    data = word(2)
  }
  public func write(_ put: (UInt64) -> Void) {
    put(time.nanoseconds)
    put(action.rawValue)
    put(data)
  }
}

extension HealthActionRecord: TableRecord {
  public static var section: ModuleSection { .healthActions }
  public init?(_ word: (Int) -> UInt64) {
    guard let error = ErrorCode(rawValue: UInt8(truncatingIfNeeded: word(1))),
      let action = PartitionRecoveryAction(rawValue: UInt8(truncatingIfNeeded: word(2)))
    else { return nil }
    partition = PartitionIndex(UInt8(truncatingIfNeeded: word(0)))
    self.error = error
    self.action = action
  }
  public func write(_ put: (UInt64) -> Void) {
    put(UInt64(partition.rawValue))
    put(UInt64(error.rawValue))
    put(UInt64(action.rawValue))
  }
}

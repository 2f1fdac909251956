import APEXTypes
import ModuleConfiguration

/// The health-monitor tables resolved: what happens for each error code of each partition in each system state.
///
/// A file names errors by identifiers of its own, which `System_HM_Table` gives a level and a code, state by state. The
/// kernel knows codes only: where two identifiers of one code say different things in one state, the safer action and
/// the higher level hold, and `conflicts` tells of it.
struct HealthActionTable {
  /// Two entries that say different things of one code of one partition in one state.
  struct Conflict: Equatable {
    var partitionIdentifier: UInt64
    var errorIdentifier: UInt64
    /// As the file numbers it.
    var state: UInt64
    var line: Int
  }
  struct Key: Hashable {
    var partition: Int
    var error: ErrorCode
    var state: SystemState
  }

  private(set) var records: [HealthActionRecord] = []
  private(set) var conflicts: [Conflict] = []
  private var places: [Key: Int] = [:]

  init(_ module: ModuleDescription) {
    let health = module.health
    for partition in module.partitions.indices.prefix(ModuleLimits.maximumPartitionCount) {
      for level in health.levels where level.level == .module { addModuleError(level, of: partition, health) }
    }
    for entry in health.partitionActions {
      guard let partition = module.partitionIndex(identifier: entry.partitionIdentifier),
        partition < ModuleLimits.maximumPartitionCount
      else { continue }
      addPartitionAction(entry, of: partition, health)
    }
    addProcessErrors(module)
    for level in health.levels { raise(level, health) }
    records.sort {
      ($0.partition.rawValue, $0.state.rawValue, $0.error.rawValue)
        < ($1.partition.rawValue, $1.state.rawValue, $1.error.rawValue)
    }
  }

  private mutating func addModuleError(_ level: HealthDescription.Level, of partition: Int, _ health: HealthDescription)
  {
    guard let code = level.code, let state = HealthDescription.state(level.state) else { return }
    let given = health.moduleActions.first {
      $0.errorIdentifier == level.errorIdentifier && $0.state == level.state
    }
    let key = Key(partition: partition, error: code, state: state)
    let action = given?.action ?? .shutdown
    guard let place = places[key] else {
      places[key] = records.count
      records.append(
        .init(
          partition: PartitionIndex(UInt8(partition)), error: code, action: .idle, state: state, level: .module,
          moduleAction: action))
      return
    }
    guard records[place].moduleAction != action else { return }
    if partition == 0 {
      conflicts.append(
        .init(
          partitionIdentifier: 0, errorIdentifier: level.errorIdentifier, state: level.state,
          line: given?.line ?? level.line))
    }
    if Self.safety(action) > Self.safety(records[place].moduleAction) { records[place].moduleAction = action }
  }

  private mutating func addPartitionAction(
    _ entry: HealthDescription.PartitionAction, of partition: Int, _ health: HealthDescription
  ) {
    guard let state = HealthDescription.state(entry.state) else { return }
    let levels = health.levels.filter { $0.errorIdentifier == entry.errorIdentifier && $0.state == entry.state }
    for level in levels where level.level != .module {
      guard let code = level.code else { continue }
      let key = Key(partition: partition, error: code, state: state)
      guard let place = places[key] else {
        places[key] = records.count
        records.append(
          .init(
            partition: PartitionIndex(UInt8(partition)), error: code, action: entry.action, state: state,
            level: level.level))
        continue
      }
      let isSame = records[place].action == entry.action && records[place].level == level.level
      guard !isSame else { continue }
      conflicts.append(
        .init(
          partitionIdentifier: entry.partitionIdentifier, errorIdentifier: entry.errorIdentifier, state: entry.state,
          line: entry.line))
      if records[place].level.rawValue < level.level.rawValue { records[place].level = level.level }
      if Self.safety(entry.action) > Self.safety(records[place].action) { records[place].action = entry.action }
    }
  }

  /// Errors of process level of which a partition's table says nothing: its handler gets them, else it goes to idle.
  private mutating func addProcessErrors(_ module: ModuleDescription) {
    for partition in module.partitions.indices.prefix(ModuleLimits.maximumPartitionCount) {
      for level in module.health.levels where level.level == .process {
        guard let code = level.code, let state = HealthDescription.state(level.state) else { continue }
        let key = Key(partition: partition, error: code, state: state)
        guard places[key] == nil else { continue }
        places[key] = records.count
        records.append(
          .init(
            partition: PartitionIndex(UInt8(partition)), error: code, action: .idle, state: state, level: .process))
      }
    }
  }

  /// Another identifier of this one's code may have a higher level, and no action that would have told of it.
  private mutating func raise(_ level: HealthDescription.Level, _ health: HealthDescription) {
    guard let code = level.code, let state = HealthDescription.state(level.state) else { return }
    let alike = health.levels.filter { $0.code == code && $0.state == level.state }
    guard alike.contains(where: { $0.level.rawValue > level.level.rawValue }) else { return }
    if !conflicts.contains(where: { $0.errorIdentifier == level.errorIdentifier && $0.state == level.state }) {
      conflicts.append(
        .init(
          partitionIdentifier: 0, errorIdentifier: level.errorIdentifier, state: level.state, line: level.line))
    }
    for place in records.indices
    where records[place].error == code && records[place].state == state && records[place].level == .process {
      // No table has an action for the higher one: it is the safest.
      records[place].level = .partition
      records[place].action = .idle
    }
  }

  private static func safety(_ action: PartitionRecoveryAction) -> Int {
    switch action {
    case .ignore: 0
    case .warmStart: 1
    case .coldStart: 2
    case .idle: 3
    }
  }

  private static func safety(_ action: ModuleRecoveryAction) -> Int {
    switch action {
    case .ignore: 0
    case .reset: 1
    case .shutdown: 2
    }
  }
}

import APEXTypes
import ModuleConfiguration

/// The health monitor's log: the last errors of the module, whatever has become of their partitions.
struct ErrorLog {
  struct Entry: BitwiseCopyable {
    /// When the error was reported, in ns.
    var time: UInt64 = 0
    /// As `ErrorLogField.description` says.
    var description: UInt64 = 0
    var address: UInt64 = 0
  }
  private let entries: StateTable<Entry>
  /// Errors of each partition that last and are not entered each time they are met (`countRepeat`). No start of the
  /// partition clears them, as none clears the entries.
  private let repeats: StateTable<UInt64>
  /// Entries ever made.
  private(set) var count: UInt64 = 0

  init(partitionCount: Int, memory: inout StateMemory) {
    entries = memory.table(of: ModuleLimits.errorLogLength, filledWith: Entry())
    repeats = memory.table(of: partitionCount, filledWith: 0)
  }

  /// Bytes of memory that the log needs.
  static func byteCount(partitionCount: Int) -> Int {
    ModuleLimits.errorLogLength * MemoryLayout<Entry>.stride + partitionCount * 8
  }

  private func place(_ number: UInt64) -> Int { Int(number % UInt64(ModuleLimits.errorLogLength)) }

  /// The oldest number that is still kept: as many entries were dropped, for later ones to have room.
  var first: UInt64 { count &- min(count, UInt64(ModuleLimits.errorLogLength)) }

  /// The entry with that number, if it has been made and is still kept.
  func entry(_ number: UInt64) -> Entry? {
    number >= first && number < count ? entries[place(number)] : nil
  }

  /// Makes an entry and answers its number. Who took the error is entered later, by `setAction`.
  mutating func append(_ entry: Entry) -> UInt64 {
    let number = count
    entries[place(number)] = entry
    count &+= 1
    return number
  }

  /// Enters what was done about the error: `PartitionRecoveryAction`, `ModuleRecoveryAction`, or 0xFF where the
  /// partition's own handler took it.
  func setAction(_ action: UInt8, of number: UInt64) {
    entries[place(number)].description |= UInt64(action) &<< 40
  }

  /// Counts an error that lasts and of which the log has an entry already.
  func countRepeat(of partition: PartitionIndex) { repeats[Int(partition.rawValue)] &+= 1 }

  /// How often `countRepeat` was called for a partition.
  func repeatCount(of partition: PartitionIndex) -> UInt64 { repeats[Int(partition.rawValue)] }

  /// The words of the log in use.
  @inline(__always) func forEachWord(_ body: (UInt64) -> Void) {
    var repeating: UInt64 = 0
    for index in 0..<repeats.count where repeats[index] != 0 { repeating |= 1 &<< UInt64(index) }
    body(repeating)
    for index in 0..<repeats.count where repeats[index] != 0 { body(repeats[index]) }
    body(count)
    var number = first
    while number < count {
      let entry = entries[place(number)]
      body(entry.time)
      body(entry.description)
      body(entry.address)
      number &+= 1
    }
  }

  mutating func restore(_ word: () -> UInt64) {
    let repeating = word()
    for index in 0..<repeats.count { repeats[index] = repeating & 1 &<< UInt64(index) != 0 ? word() : 0 }
    count = word()
    var number = first
    while number < count {
      entries[place(number)] = Entry(time: word(), description: word(), address: word())
      number &+= 1
    }
  }
}

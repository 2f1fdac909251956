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
  /// Entries ever made.
  private(set) var count: UInt64 = 0

  init(memory: inout StateMemory) {
    entries = memory.table(of: ModuleLimits.errorLogLength, filledWith: Entry())
  }

  /// Bytes of memory that the log needs.
  static var byteCount: Int { ModuleLimits.errorLogLength * MemoryLayout<Entry>.stride }

  private func place(_ number: UInt64) -> Int { Int(number % UInt64(ModuleLimits.errorLogLength)) }

  /// The oldest number that is still kept.
  private var first: UInt64 { count &- min(count, UInt64(ModuleLimits.errorLogLength)) }

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

  /// The words of the log in use.
  @inline(__always) func forEachWord(_ body: (UInt64) -> Void) {
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
    count = word()
    var number = first
    while number < count {
      entries[place(number)] = Entry(time: word(), description: word(), address: word())
      number &+= 1
    }
  }
}

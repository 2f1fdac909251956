import APEXTypes
import ModuleConfiguration

/// The health monitor's log: the last errors of the module, whatever has become of their partitions.
///
/// It is all partitions' together, and none can drive the others out of it: where it is full, whoever has the most
/// entries, the new one counted, gives up its oldest; of several the one whose oldest is the oldest. So of `n`
/// partitions each keeps its last 32 ∕ n errors, whatever the others do, and more as long as there is room.
struct ErrorLog {
  struct Entry: BitwiseCopyable {
    /// As which it was entered, from 0.
    var number: UInt64 = 0
    /// When the error was reported, in ns.
    var time: UInt64 = 0
    /// As `ErrorLogField.description` says.
    var description: UInt64 = 0
    var address: UInt64 = 0
    /// Where its partition's next entry is.
    var following = ErrorLog.nowhere

    var owner: Int { Int(truncatingIfNeeded: description & 0xFF) }
  }
  /// What is kept of one partition: how many entries, and where the oldest and the newest are.
  private struct Share: BitwiseCopyable {
    var count: UInt8 = 0
    var first = ErrorLog.nowhere
    var last = ErrorLog.nowhere
  }
  /// In place of an entry's place.
  private static var nowhere: UInt8 { 0xFF }

  private let entries: StateTable<Entry>
  /// By partition; follows from the entries.
  private let shares: StateTable<Share>
  /// Errors of each partition that last and are not entered each time they are met (`countRepeat`). No start of the
  /// partition clears them, as none clears the entries.
  private let repeats: StateTable<UInt64>
  /// Entries ever made.
  private(set) var count: UInt64 = 0

  init(partitionCount: Int, memory: inout StateMemory) {
    entries = memory.table(of: ModuleLimits.errorLogLength, filledWith: Entry())
    shares = memory.table(of: partitionCount, filledWith: Share())
    repeats = memory.table(of: partitionCount, filledWith: 0)
  }

  /// Bytes of memory that the log needs.
  static func byteCount(partitionCount: Int) -> Int {
    ModuleLimits.errorLogLength * MemoryLayout<Entry>.stride + partitionCount * 11 + 8
  }

  /// Places in use: they fill up in the order of entries, and each is then given to another one.
  private var keptCount: Int { Int(truncatingIfNeeded: min(count, UInt64(ModuleLimits.errorLogLength))) }

  /// How many entries were dropped for later ones to have room.
  var droppedCount: UInt64 { count &- UInt64(keptCount) }

  /// The entry with that number, if it has been made and is still kept.
  ///
  /// - Parameter owner: the partition whose entries are looked at; nil for all. They alone are gone over, so that a
  ///   partition that asks for its own cannot read off its clock how many errors the others have had.
  func entry(_ number: UInt64, of owner: PartitionIndex?) -> Entry? {
    first(of: owner) { $0.number == number }
  }

  /// The number of the first entry from `number` on that is still kept.
  ///
  /// - Parameter owner: as for `entry`.
  func next(from number: UInt64, of owner: PartitionIndex?) -> UInt64? {
    guard owner == nil else { return first(of: owner) { $0.number >= number }?.number }
    var found: UInt64?
    for place in 0..<keptCount where entries[place].number >= number && entries[place].number < found ?? .max {
      found = entries[place].number
    }
    return found
  }

  /// The oldest entry of a partition that is as asked for; of all partitions, any such entry.
  @inline(__always) private func first(of owner: PartitionIndex?, where isWanted: (Entry) -> Bool) -> Entry? {
    guard let owner else {
      for place in 0..<keptCount where isWanted(entries[place]) { return entries[place] }
      return nil
    }
    var place = shares[Int(owner.rawValue)].first
    while place != Self.nowhere {
      let entry = entries[Int(place)]
      if isWanted(entry) { return entry }
      place = entry.following
    }
    return nil
  }

  /// Makes an entry and answers where it is. Who took the error is entered later, by `setAction`.
  mutating func append(_ entry: Entry) -> Int {
    shares[entry.owner].count &+= 1
    let place = keptCount < ModuleLimits.errorLogLength ? keptCount : giveUpPlace()
    entries[place] = entry
    entries[place].number = count
    count &+= 1
    link(place)
    return place
  }

  /// An entry is its partition's newest.
  private func link(_ place: Int) {
    let owner = entries[place].owner
    let last = shares[owner].last
    if last == Self.nowhere {
      shares[owner].first = UInt8(truncatingIfNeeded: place)
    } else {
      entries[Int(last)].following = UInt8(truncatingIfNeeded: place)
    }
    shares[owner].last = UInt8(truncatingIfNeeded: place)
  }

  /// Whoever has the most entries gives up its oldest.
  private func giveUpPlace() -> Int {
    var (giver, most, oldest) = (0, UInt8(0), UInt64.max)
    for index in 0..<shares.count where shares[index].count >= most && shares[index].first != Self.nowhere {
      let number = entries[Int(shares[index].first)].number
      guard shares[index].count > most || number < oldest else { continue }
      (giver, most, oldest) = (index, shares[index].count, number)
    }
    let place = Int(shares[giver].first)
    shares[giver].count &-= 1
    shares[giver].first = entries[place].following
    if shares[giver].first == Self.nowhere { shares[giver].last = Self.nowhere }
    return place
  }

  /// Enters what was done about the error: `PartitionRecoveryAction`, `ModuleRecoveryAction`, or 0xFF where the
  /// partition's own handler took it.
  func setAction(_ action: UInt8, at place: Int) {
    entries[place].description |= UInt64(action) &<< 40
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
    for place in 0..<keptCount {
      body(entries[place].time)
      body(entries[place].packed)
      body(entries[place].address)
    }
  }

  mutating func restore(_ word: () -> UInt64) -> Bool {
    let repeating = word()
    for index in 0..<repeats.count { repeats[index] = repeating & 1 &<< UInt64(index) != 0 ? word() : 0 }
    count = word()
    for index in 0..<shares.count { shares[index] = Share() }
    for place in 0..<keptCount {
      let time = word()
      entries[place] = Entry(packed: word(), time: time, address: word())
      guard entries[place].owner < shares.count else { return false }
      shares[entries[place].owner].count &+= 1
    }
    var number: UInt64 = 0
    while let next = next(from: number, of: nil) {
      for place in 0..<keptCount where entries[place].number == next { link(place) }
      number = next &+ 1
    }
    return true
  }
}

extension ErrorLog.Entry {
  /// Number and description in one word, for keyframes. For the number 42 bits are left: at an error a microsecond they
  /// last for 50 days.
  fileprivate var packed: UInt64 {
    let (partition, error, state) = (description & 0x1F, description &>> 8 & 7, description &>> 16 & 3)
    let (level, cause, action) = (description &>> 24 & 3, description &>> 32 & 0x3F, description &>> 40 & 0xF)
    return partition | error &<< 5 | state &<< 8 | level &<< 10 | cause &<< 12 | action &<< 18 | number &<< 22
  }

  /// - Parameter packed: as `packed` is.
  fileprivate init(packed: UInt64, time: UInt64, address: UInt64) {
    number = packed &>> 22
    self.time = time
    self.address = address
    let action = packed &>> 18 & 0xF
    description =
      packed & 0x1F | (packed &>> 5 & 7) &<< 8 | (packed &>> 8 & 3) &<< 16 | (packed &>> 10 & 3) &<< 24
      | (packed &>> 12 & 0x3F) &<< 32 | (action == 0xF ? 0xFF : action) &<< 40
  }
}

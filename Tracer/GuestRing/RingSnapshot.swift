import Foundation
import ModuleConfiguration
import TraceFormat

/// A module's trace ring as a machine's memory has it, with what kernel and drainer say about it.
///
/// Nothing of it is believed before it has been compared: the machine may have stopped at any instruction.
final class RingSnapshot {
  /// A statement that so many events were recorded before this word of the ring.
  struct Claim: Equatable {
    var position: UInt64
    var events: UInt64
    /// The block of the trace that ends there, where the drainer says so.
    var block: UInt32?

    /// Whether so many events can be there: each takes two words at least.
    var isPossible: Bool { events <= position / 2 }
  }

  let beacon: RingBeacon
  /// The module table's bytes.
  let tableBytes: [UInt8]
  let tableChecksum: UInt64
  let eventsPerBlock: Int
  let rules: RecordRules
  /// Kinds of events that the trace leaves out; the ring has them.
  let leftOut: LeftOutKinds
  /// Whether the kernel overwrites what is oldest, and has made marks.
  let isFlightRecorder: Bool
  /// Words and events recorded, as the control page says.
  let published: Claim
  /// The same as the kernel's own variables say; nil where they cannot be read.
  let own: Claim?
  /// Events lost before the last `loss` event.
  let reportedLoss: UInt64
  /// Events lost since.
  let unreportedLoss: UInt64
  /// What the drainer says, its last block last; of a flight recorder, the kernel's marks.
  let drained: [Claim]
  /// Whether the drainer had taken nothing when the ring had been copied.
  private let isUntouched: Bool
  private let ring: [UInt64]
  /// The word behind the last record, as far as anybody said when the ring had been copied.
  private let writtenTo: UInt64

  static let largestRing: UInt64 = 1 << 30

  var capacity: UInt64 { UInt64(ring.count) }

  /// The word that was stored as the ring's `index`th, ever, or what has taken its place.
  @inline(__always) subscript(index: UInt64) -> UInt64 { ring[Int(index & (capacity &- 1))] }

  /// - Parameters:
  ///   - address: where the control page is; nil to search for it.
  ///   - isInterrupted: asked now and then; true ends the search.
  init(
    _ memory: GuestMemory, at address: UInt64? = nil, isInterrupted: () -> Bool = { false }
  ) throws(RescueError) {
    beacon = try Self.find(in: memory, address, isInterrupted)
    let found = try Self.readTable(memory, beacon)
    (tableBytes, tableChecksum, eventsPerBlock) = (found.bytes, found.checksum, found.eventsPerBlock)
    (rules, isFlightRecorder, leftOut) = (found.rules, found.isFlightRecorder, found.leftOut)
    // The machine may run on meanwhile: what is said to be there is asked for before the records are copied, and what
    // may have been overwritten after that.
    guard let control = memory.words(beacon.page, count: 4) else {
      throw Self.absence(of: "words", at: beacon.ring, beacon.ringBytes, in: memory, "all of it")
    }
    let head = control[RingControl.head / 8]
    guard head < 1 << 60 else { throw .ringDamaged(reason: "its head is out of range") }
    published = Claim(position: head, events: control[RingControl.events / 8])
    own = Self.ownClaim(memory, beacon, published: head)
    guard own?.position ?? head > 0 else { throw .ringEmpty }
    guard let ring = memory.words(beacon.ring, count: Int(beacon.ringBytes / 8)) else {
      throw Self.absence(of: "words", at: beacon.ring, beacon.ringBytes, in: memory, "all of it")
    }
    self.ring = ring
    let last = own?.position ?? head
    writtenTo = max(last, Self.ownClaim(memory, beacon, published: last)?.position ?? last)
    unreportedLoss = memory.word(beacon.unreportedLoss) ?? 0
    let lost = control[RingControl.lost / 8]
    reportedLoss = lost >= unreportedLoss ? lost - unreportedLoss : lost
    drained =
      isFlightRecorder
      ? Self.marks(memory, beacon, head: last) : Self.drainClaims(memory, beacon, head: head)
    let tail = beacon.drainerPage == 0 ? nil : memory.word(beacon.drainerPage + UInt64(SharedPage.drainTail))
    isUntouched = !isFlightRecorder && drained.isEmpty && tail == 0
  }

  static func find(
    in memory: GuestMemory, _ address: UInt64?, _ isInterrupted: () -> Bool = { false }
  ) throws(RescueError) -> RingBeacon {
    let pages: [UInt64]
    if let address {
      pages = [address]
    } else {
      pages = try memory.pages(
        withWord: RingBeacon.magic, at: RingControl.beacon, isInterrupted: isInterrupted)
    }
    let beacons = pages.compactMap { page -> RingBeacon? in
      guard page <= 1 << 32,
        let words = memory.words(page + UInt64(RingControl.beacon), count: RingBeacon.wordCount),
        let beacon = RingBeacon({ words[$0] }), beacon.page == page, isSane(beacon)
      else { return nil }
      return beacon
    }
    guard let beacon = beacons.first else {
      guard let address else { throw memory.isOfMappings ? .mappedOnly(path: memory.path) : .noRing(end: memory.end) }
      throw .noControlPage(at: address)
    }
    guard beacons.count == 1 else { throw .severalRings(at: beacons.map(\.page)) }
    return beacon
  }

  private static func isSane(_ beacon: RingBeacon) -> Bool {
    let bytes = beacon.ringBytes
    let addresses = [
      beacon.page, beacon.ring, beacon.moduleTable, beacon.drainerPage, beacon.next, beacon.wordsBefore, beacon.events,
      beacon.unreportedLoss,
    ]
    return bytes.nonzeroBitCount == 1 && bytes >= 4096 && bytes <= largestRing && beacon.moduleTableBytes > 0
      && beacon.moduleTableBytes <= UInt64(TraceLimits.maximumTableBytes) && addresses.allSatisfy { $0 < 1 << 32 }
  }

  /// A module's table, and what it says of the ring.
  struct FoundTable {
    var bytes: [UInt8]
    var checksum: UInt64
    var eventsPerBlock: Int
    var isFlightRecorder: Bool
    var leftOut: LeftOutKinds
    var rules: RecordRules
  }

  static func readTable(_ memory: GuestMemory, _ beacon: RingBeacon) throws(RescueError) -> FoundTable {
    let count = Int(beacon.moduleTableBytes)
    let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 8)
    defer { storage.deallocate() }
    guard memory.read(beacon.moduleTable, into: storage) else {
      throw absence(
        of: "module table", at: beacon.moduleTable, beacon.moduleTableBytes, in: memory, "its module table")
    }
    do {
      let table = try ModuleTable(UnsafeRawBufferPointer(storage))
      guard table.module.ringBytes == beacon.ringBytes else {
        throw RescueError.ringDamaged(reason: "its size is not that of the module table")
      }
      let events = min(max(table.module.eventsPerBlock, 1), 4096)
      return FoundTable(
        bytes: Array(table.bytes), checksum: table.checksum, eventsPerBlock: Int(events),
        isFlightRecorder: table.module.ringPolicy == .flightRecorder, leftOut: table.module.leftOutKinds,
        rules: RecordRules(table))
    } catch let error as RescueError {
      throw error
    } catch {
      throw .ringDamaged(reason: "its module table is invalid (\(error))")
    }
  }

  /// What is said where the memory has not something: it may end before that, or have a hole there.
  private static func absence(
    of part: String, at address: UInt64, _ byteCount: UInt64, in memory: GuestMemory, _ name: String
  ) -> RescueError {
    guard !memory.isOfMappings else { return .mappedOnly(path: memory.path) }
    let needed = address + byteCount
    return needed > memory.end
      ? .cutOff(end: memory.end, part: part, needed: needed)
      : .ringDamaged(reason: "the memory does not hold \(name)")
  }

  private static func ownClaim(_ memory: GuestMemory, _ beacon: RingBeacon, published: UInt64) -> Claim? {
    guard let next = memory.word(beacon.next), let before = memory.word(beacon.wordsBefore),
      let events = memory.word(beacon.events), next >= beacon.kernelRing,
      next - beacon.kernelRing < 2 * beacon.ringBytes, before < 1 << 60
    else { return nil }
    let head = before + (next - beacon.kernelRing) / 8
    guard head >= published, head - published <= beacon.ringBytes / 8 else { return nil }
    return Claim(position: head, events: events)
  }

  private static func drainClaims(_ memory: GuestMemory, _ beacon: RingBeacon, head: UInt64) -> [Claim] {
    let count = SharedPage.drainHistoryCount
    guard beacon.drainerPage != 0, let blocks = memory.word(beacon.drainerPage + UInt64(SharedPage.drainedBlocks)),
      let history = memory.words(beacon.drainerPage + UInt64(SharedPage.drainHistory), count: 2 * count)
    else { return [] }
    return (0..<UInt64(count)).compactMap { age -> Claim? in
      // Block 0 is the module table's. Numbers that would soon run out are no run's, and blocks are to follow.
      guard blocks > age, blocks < UInt64(UInt32.max / 2) else { return nil }
      let block = UInt32(blocks - age)
      let slot = Int(block) % count * 2
      guard history[slot] > 0, history[slot] <= head else { return nil }
      return Claim(position: history[slot], events: history[slot + 1], block: block)
    }.sorted { $0.position < $1.position }
  }

  /// The marks of a flight recorder: no way round its ring is without them.
  private static func marks(_ memory: GuestMemory, _ beacon: RingBeacon, head: UInt64) -> [Claim] {
    let kept = UInt64(RingControl.keptMarks)
    guard let count = memory.word(beacon.page + UInt64(RingControl.markCount)), count < 1 << 60,
      let words = memory.words(beacon.page + UInt64(RingControl.marks), count: 2 * RingControl.keptMarks)
    else { return [] }
    // The oldest may just be giving way to the next.
    return (0..<min(count, kept - 1)).compactMap { age -> Claim? in
      let slot = Int((count - age) % kept) * 2
      return words[slot] <= head ? Claim(position: words[slot], events: words[slot + 1]) : nil
    }.sorted { $0.position < $1.position }
  }

  /// More words than the kernel lays down behind its own count before it counts them: those of a batch.
  private static let batchWords: UInt64 = 3072

  /// The first word that is surely not overwritten: of a ring of which nothing has been taken its first one, for there
  /// the kernel does not lay down what finds no room.
  var firstIntact: UInt64 {
    if isUntouched, writtenTo <= capacity { return 0 }
    let head = writtenTo + Self.batchWords
    return head > capacity ? head - capacity : 0
  }

  /// The word behind the last record, ever, as far as anybody says.
  var end: UInt64 { own?.position ?? published.position }

  /// A record that the kernel can have written.
  struct Record {
    var kind: EventKind
    /// Where the next one begins.
    var next: UInt64
  }

  /// The record at a word; nil where it cannot be one. The boot event is the first, and the end event the last, of all.
  @inline(__always)
  func record(at place: UInt64) -> Record? {
    let end = end
    guard place < end, end - place >= 2 else { return nil }
    let packed = self[place + 1]
    let count = UInt64(RingRecord.wordCount(packed))
    guard count <= end - place - 2, let kind = rules.kind(packed, { self[place + 2 + UInt64($0)] }),
      (kind == .boot) == (place == 0), kind != .end || place + count + 2 == end
    else { return nil }
    return Record(kind: kind, next: place + count + 2)
  }

  /// The number of the kind of the record at a word.
  func kindNumber(at place: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: self[place + 1]) }
}

import Foundation
import ModuleConfiguration
import SimulatedModule
import TraceFormat

/// Guest memory as a kernel and a drainer would leave it, stopped between any two events.
///
/// The kernel's part is told apart from what it has published; the drainer writes blocks of so many events and is
/// cut off within the last one, as a killed emulator is.
final class FakeMachine {
  static let memoryBytes = 0x40_0000
  /// Where things lie; the ring's own place is not a multiple of its size.
  private enum Place {
    static let page: UInt64 = 0x20_3000
    static let ring: UInt64 = 0x21_1000
    static let table: UInt64 = 0x30_0010
    static let drainer: UInt64 = 0x3F_0000
    static let kernel: UInt64 = 0x1F_0008
    static let kernelRing: UInt64 = 0xFFFF_FFFF_A000_0000
  }
  static let kernelIdentity: UInt64 = 7

  private(set) var memory = [UInt8](repeating: 0xA5, count: FakeMachine.memoryBytes)
  /// The trace as far as the drainer has written it: its blocks, the last one perhaps in part.
  private(set) var trace: [UInt8] = []
  /// Events that are in whole blocks of `trace`.
  private(set) var drainedEvents = 0
  /// Where each event was stored: the word's number, ever.
  private(set) var places: [UInt64] = []
  private let capacity: UInt64
  private var head: UInt64 = 0
  private var events: UInt64 = 0
  private var tail: UInt64 = 0
  private var waiting: [UInt64] = []
  /// Events that the drainer has been shown.
  private var shownEvents: UInt64 = 0
  private let scratch: UnsafeMutableRawBufferPointer
  private let output: UnsafeMutableRawBufferPointer
  private var encoder: BlockEncoder
  private let eventsPerBlock: Int
  /// A flight recorder: what is oldest is overwritten, and the kernel makes marks.
  private let isRecorder: Bool
  private var marks: UInt64 = 0
  private var nextMark: UInt64 = 0

  init(_ module: SimulatedModule, eventsPerBlock: Int) {
    self.eventsPerBlock = eventsPerBlock
    scratch = .allocate(byteCount: BlockEncoder.scratchBytes(maximumEvents: eventsPerBlock), alignment: 8)
    output = .allocate(byteCount: BlockEncoder.outputBytes(maximumEvents: eventsPerBlock), alignment: 8)
    encoder = BlockEncoder(scratch: scratch, maximumEvents: eventsPerBlock)
    let bytes = module.table.module.ringBytes
    isRecorder = module.table.module.ringPolicy == .flightRecorder
    capacity = bytes / 8
    var beacon = RingBeacon()
    beacon.page = Place.page
    beacon.ring = Place.ring
    beacon.ringBytes = bytes
    beacon.moduleTable = Place.table
    beacon.moduleTableBytes = UInt64(module.table.byteCount)
    beacon.drainerPage = isRecorder ? 0 : Place.drainer
    beacon.kernelIdentity = Self.kernelIdentity
    beacon.kernelRing = Place.kernelRing
    (beacon.next, beacon.wordsBefore, beacon.events) = (Place.kernel, Place.kernel + 8, Place.kernel + 16)
    beacon.unreportedLoss = Place.kernel + 24
    for offset in stride(from: 0, to: 4096, by: 8) { put(0, at: Place.page + UInt64(offset)) }
    for offset in stride(from: 0, to: 4096, by: 8) { put(0, at: Place.drainer + UInt64(offset)) }
    for index in 0..<4 { put(0, at: Place.kernel + UInt64(index * 8)) }
    beacon.write { put($1, at: Place.page + UInt64(RingControl.beacon + $0 * 8)) }
    memory.replaceSubrange(Int(Place.table)..<Int(Place.table) + module.table.byteCount, with: module.table.bytes)
    publish()
    let block = encoder.begin(withModuleTable: module.table.bytes, into: output)
    trace += output[..<block.byteCount]
    if block.payloadFollows { trace += module.table.bytes }
  }

  deinit {
    scratch.deallocate()
    output.deallocate()
  }

  /// Where in memory a word of the ring is.
  func address(ofWord word: UInt64) -> Int { Int(Place.ring + word % capacity * 8) }

  func put(_ word: UInt64, at address: UInt64) {
    withUnsafeBytes(of: word.littleEndian) { memory.replaceSubrange(Int(address)..<Int(address) + 8, with: $0) }
  }

  /// Copies the control page elsewhere, as a partition might that has come to see one.
  func copyControlPage(to address: Int) {
    memory.replaceSubrange(address..<address + 4096, with: memory[Int(Place.page)..<Int(Place.page) + 4096])
  }

  /// Records an event in the kernel's own variables; nobody is shown it before `publish`.
  func record(_ event: TraceEvent) {
    var count = 8
    while count > 0, event.words[count - 1] == 0 { count -= 1 }
    // The kernel writes all words of a kind; two of these matter where events are left out.
    if !encoder.leftOut.isEmpty, event.knownKind?.eventClass == .input { count = max(count, 2) }
    let packed = RingRecord.packed(
      kind: event.kind, partition: event.partition, detail: event.detail, wordCount: count, operand: event.operand)
    let words = [event.time, packed] + (0..<count).map { event.words[$0] }
    if isRecorder, head >= nextMark { mark() }
    precondition(isRecorder || head + UInt64(words.count) - tail <= capacity)
    places.append(head)
    for (index, word) in words.enumerated() {
      put(word, at: Place.ring + (head + UInt64(index)) % capacity * 8)
    }
    head += UInt64(words.count)
    events += 1
    waiting += words
    put(Place.kernelRing + head % capacity * 8, at: Place.kernel)
    put(head - head % capacity, at: Place.kernel + 8)
    put(events, at: Place.kernel + 16)
  }

  /// Says that a record begins at the head.
  private func mark() {
    marks += 1
    let place = Place.page + UInt64(RingControl.marks) + marks % UInt64(RingControl.keptMarks) * 16
    put(head, at: place)
    put(events, at: place + 8)
    put(marks, at: Place.page + UInt64(RingControl.markCount))
    publish()
    nextMark = head + capacity / UInt64(RingControl.marksPerRing)
  }

  /// As if the machine had stopped between the stores of its next mark.
  func markHalf() {
    put(head, at: Place.page + UInt64(RingControl.marks) + (marks + 1) % UInt64(RingControl.keptMarks) * 16)
  }

  /// Lays down words behind the head that are not counted yet, as a batch is before it is closed.
  func layDown(words count: Int) {
    for index in 0..<UInt64(count) { put(.max / 3, at: Place.ring + (head + index) % capacity * 8) }
  }

  func publish() {
    put(events, at: Place.page + UInt64(RingControl.events))
    put(head, at: Place.page + UInt64(RingControl.head))
    shownEvents = events
  }

  /// As if the machine had stopped between the two stores of `publish`.
  func publishHalf() { put(events, at: Place.page + UInt64(RingControl.events)) }

  /// Writes a block when there are events enough; `bytes` of it reach the file before the machine stops.
  func drain(bytes limit: Int = .max) {
    guard shownEvents >= encoder.recordCount + UInt64(eventsPerBlock) else { return }
    let progress = waiting.withUnsafeBufferPointer {
      encoder.encodeEvents($0, limit: eventsPerBlock, into: output)
    }
    waiting.removeFirst(progress.wordCount)
    tail += UInt64(progress.wordCount)
    let block = UInt64(encoder.sequence - 1)
    let slot = Place.drainer + UInt64(SharedPage.drainHistory) + block % UInt64(SharedPage.drainHistoryCount) * 16
    put(tail, at: slot)
    put(encoder.recordCount, at: slot + 8)
    put(block, at: Place.drainer + UInt64(SharedPage.drainedBlocks))
    put(tail, at: Place.drainer + UInt64(SharedPage.drainTail))
    trace += output[..<min(progress.byteCount, limit)]
    if limit >= progress.byteCount { drainedEvents += progress.eventCount }
  }
}

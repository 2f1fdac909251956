/// One stream file of a CTF trace: whole packets, one after the other.
///
/// A packet is built in memory and written when it is full, so the file ends with a whole packet at any time. All
/// fields are little-endian and byte-aligned.
final class CTFStream {
  static let magic: UInt32 = 0xC1FC_1FC1
  /// Bytes of events at which a packet is closed.
  private static let packetBytes = 1 << 17
  private static let greatestCount = UInt64.max >> 1
  /// Header (magic, UUID, stream) and context (six 64-bit fields and the CPU).
  static let headBytes = 4 + 16 + 4 + 6 * 8 + 4

  private let file: ExportFile
  private let number: UInt32
  private let identity: [UInt8]
  private var content: [UInt8] = []
  private var beginTime: UInt64 = 0
  private var endTime: UInt64 = 0
  private var hasEvents = false
  private var sequence: UInt64 = 0
  private var discarded: UInt64 = 0

  var failure: ExportFailure? { file.failure }

  init(_ path: String, number: UInt32, identity: [UInt8]) throws(ExportFailure) {
    file = try ExportFile(creating: path)
    self.number = number
    self.identity = identity
    content.reserveCapacity(Self.packetBytes + 4096)
  }

  // MARK: Fields

  func put(_ value: UInt64, bytes: Int) {
    var rest = value
    for _ in 0..<bytes {
      content.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  /// A text that ends with a 0 byte; such bytes in the text itself are left out.
  func put(_ text: String) {
    content.append(contentsOf: text.utf8.lazy.filter { $0 != 0 })
    content.append(0)
  }

  /// Begins an event. Its fields follow.
  func beginEvent(_ identifier: UInt16, at time: UInt64) {
    if content.count >= Self.packetBytes { closePacket() }
    let time = max(time, endTime)
    if !hasEvents { beginTime = time }
    hasEvents = true
    endTime = time
    put(UInt64(identifier), bytes: 2)
    put(time, bytes: 8)
  }

  // MARK: Packets

  /// Counts events that are missing between two instants: an empty packet that spans them carries the count, so that
  /// a reader places the loss exactly there.
  func discard(_ count: UInt64, from: UInt64, to: UInt64) {
    closePacket()
    // Readers compare the count with the packet before: there must be one.
    if sequence == 0 { writePacket(from: from, to: from) }
    // All ones means 'no count' to babeltrace2: a hostile count stays well below.
    let (sum, isBeyond) = discarded.addingReportingOverflow(count)
    discarded = isBeyond ? Self.greatestCount : min(sum, Self.greatestCount)
    let begin = max(from, endTime)
    writePacket(from: begin, to: max(begin, to))
  }

  private func closePacket() {
    guard hasEvents else { return }
    writePacket(from: beginTime, to: endTime)
  }

  private func writePacket(from: UInt64, to: UInt64) {
    let events = content
    content.removeAll(keepingCapacity: true)
    let bits = UInt64(Self.headBytes + events.count) * 8
    put(UInt64(Self.magic), bytes: 4)
    content.append(contentsOf: identity)
    put(UInt64(number), bytes: 4)
    for field in [from, to, bits, bits, sequence, discarded] { put(field, bytes: 8) }
    put(0, bytes: 4)
    file.write(content)
    file.write(events)
    content.removeAll(keepingCapacity: true)
    hasEvents = false
    sequence += 1
    endTime = to
  }

  func finish() {
    closePacket()
    // A stream without a packet is no stream.
    if sequence == 0 { writePacket(from: 0, to: 0) }
    file.flush()
  }
}

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
  /// Where in `content` the last event begins; nil where there is none.
  private var lastEvent: Int?
  /// The first event of this packet is its last: it carries a loss.
  private var isPacketDue = false
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
    let time = max(time, endTime)
    if isPacketDue { closePacket(at: endTime) } else if content.count >= Self.packetBytes { closePacket(at: time) }
    if lastEvent == nil, !isPacketDue { beginTime = time }
    lastEvent = content.count
    endTime = time
    put(UInt64(identifier), bytes: 2)
    put(time, bytes: 8)
  }

  // MARK: Packets

  /// Counts events that are missing between the last one and `to`.
  ///
  /// The last event is a packet of its own, which reaches to the end of the loss and carries the count: between the
  /// packet before and its end is where readers place it. An empty packet would do for babeltrace2; for Trace Compass
  /// it ends the stream, unless it is the first.
  ///
  /// - Parameter from: counts where there is no event yet.
  func discard(_ count: UInt64, from: UInt64, to: UInt64) {
    // All ones means 'no count' to babeltrace2: a hostile count stays well below.
    let (sum, isBeyond) = discarded.addingReportingOverflow(count)
    let total = isBeyond ? Self.greatestCount : min(sum, Self.greatestCount)
    guard let start = lastEvent else {
      if sequence == 0 { writePacket(0, from: from, to: from) }
      discarded = total
      // The next event carries it.
      if !isPacketDue { beginTime = max(from, endTime) }
      isPacketDue = true
      return
    }
    let time = endTime
    // Readers compare the count with the packet before: there must be one.
    if start > 0 { writePacket(start, from: beginTime, to: time) }
    if sequence == 0 { writePacket(0, from: time, to: time) }
    discarded = total
    writePacket(content.count, from: time, to: max(time, to))
    lastEvent = nil
    isPacketDue = false
  }

  /// - Parameter time: up to which all is told.
  private func closePacket(at time: UInt64) {
    guard lastEvent != nil else { return }
    writePacket(content.count, from: beginTime, to: time)
    lastEvent = nil
    isPacketDue = false
  }

  /// Writes a packet of the first `count` bytes of events.
  private func writePacket(_ count: Int, from: UInt64, to: UInt64) {
    let events = content
    content.removeAll(keepingCapacity: true)
    let bits = UInt64(Self.headBytes + count) * 8
    put(UInt64(Self.magic), bytes: 4)
    content.append(contentsOf: identity)
    put(UInt64(number), bytes: 4)
    for field in [from, to, bits, bits, sequence, discarded] { put(field, bytes: 8) }
    put(0, bytes: 4)
    file.write(content)
    file.write(Array(events[..<count]))
    content.removeAll(keepingCapacity: true)
    content.append(contentsOf: events[count...])
    sequence += 1
    endTime = to
  }

  func finish() {
    if isPacketDue, lastEvent == nil { writePacket(0, from: beginTime, to: max(beginTime, endTime)) }
    closePacket(at: endTime)
    // A stream without a packet is no stream.
    if sequence == 0 { writePacket(0, from: 0, to: 0) }
    file.flush()
  }
}

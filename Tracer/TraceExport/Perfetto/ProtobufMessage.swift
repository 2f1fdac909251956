/// A protobuf message that is being written: the wire format, no more.
///
/// A message within it is written in place, and its length once it is known.
struct ProtobufMessage {
  private(set) var bytes: [UInt8] = []

  private mutating func put(varint value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func put(key field: UInt64, _ wireType: UInt64) { put(varint: field << 3 | wireType) }

  /// An integer (`uint32`, `uint64`, `int32`, `int64`, `bool`, an enumeration).
  mutating func put(_ field: UInt64, _ value: UInt64) {
    put(key: field, 0)
    put(varint: value)
  }

  mutating func put(fixed field: UInt64, _ value: UInt64) {
    put(key: field, 1)
    for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> shift)) }
  }

  mutating func put(_ field: UInt64, _ text: String) {
    put(key: field, 2)
    put(varint: UInt64(text.utf8.count))
    bytes.append(contentsOf: text.utf8)
  }

  /// A message that `fill` writes.
  mutating func put(_ field: UInt64, _ fill: (inout ProtobufMessage) -> Void) {
    put(key: field, 2)
    // Nearly all are short: their length takes one byte, and only longer ones are moved.
    let place = bytes.count
    bytes.append(0)
    fill(&self)
    let length = UInt64(bytes.count - place - 1)
    bytes[place] = UInt8(truncatingIfNeeded: length)
    guard length >= 0x80 else { return }
    var encoded = ProtobufMessage()
    encoded.put(varint: length)
    bytes.replaceSubrange(place...place, with: encoded.bytes)
  }

  /// Forgets what was written, and keeps the memory.
  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }
}

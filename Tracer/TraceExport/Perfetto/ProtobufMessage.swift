/// A protobuf message that is being written: the wire format, no more.
///
/// Fields of the types `message` and `string` are given whole; a message of the depth that traces have (four) is built
/// from the inside.
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

  mutating func put(_ field: UInt64, _ message: ProtobufMessage) {
    put(key: field, 2)
    put(varint: UInt64(message.bytes.count))
    bytes.append(contentsOf: message.bytes)
  }

  /// A message that `fill` writes.
  mutating func put(_ field: UInt64, _ fill: (inout ProtobufMessage) -> Void) {
    var inner = ProtobufMessage()
    fill(&inner)
    put(field, inner)
  }
}

import Testing

/// Reads protobuf's wire format, written from its description and not from the encoder.
struct ProtobufReader {
  indirect enum Value: Equatable {
    case number(UInt64)
    case bytes([UInt8])
  }
  struct Malformed: Error {}

  /// The fields in their order.
  let fields: [(number: UInt64, value: Value)]

  init(_ bytes: some Collection<UInt8>) throws {
    var rest = Array(bytes)[...]
    func varint() throws -> UInt64 {
      var value: UInt64 = 0
      for shift in stride(from: UInt64(0), through: 63, by: 7) {
        guard let byte = rest.popFirst() else { throw Malformed() }
        value |= UInt64(byte & 0x7F) << shift
        if byte & 0x80 == 0 { return value }
      }
      throw Malformed()
    }
    var fields: [(number: UInt64, value: Value)] = []
    while !rest.isEmpty {
      let key = try varint()
      switch key & 7 {
      case 0: fields.append((key >> 3, .number(try varint())))
      case 1:
        guard rest.count >= 8 else { throw Malformed() }
        fields.append((key >> 3, .number(rest.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) })))
        rest = rest.dropFirst(8)
      case 2:
        let count = Int(try varint())
        guard count <= rest.count else { throw Malformed() }
        fields.append((key >> 3, .bytes(Array(rest.prefix(count)))))
        rest = rest.dropFirst(count)
      default: throw Malformed()
      }
    }
    self.fields = fields
  }

  func number(_ field: UInt64) -> UInt64? {
    for case (field, .number(let value)) in fields { return value }
    return nil
  }

  func text(_ field: UInt64) -> String? {
    for case (field, .bytes(let bytes)) in fields { return String(decoding: bytes, as: UTF8.self) }
    return nil
  }

  func message(_ field: UInt64) throws -> ProtobufReader? {
    for case (field, .bytes(let bytes)) in fields { return try ProtobufReader(bytes) }
    return nil
  }

  var numbers: Set<UInt64> { Set(fields.map(\.number)) }
}

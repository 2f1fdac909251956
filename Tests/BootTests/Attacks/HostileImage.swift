import Testing

/// Images of Kernel/Partitions/Hostile, with the instant of their offence changed.
enum HostileImage {
  /// Beyond every run's end.
  static let never: UInt64 = 0x7F7F_7F7F_7F7F_7F7F

  /// The image with its offence at `due`, in ns of the module's time.
  static func bytes(_ image: String, due: UInt64) throws -> [UInt8] {
    var bytes = try BootImages.bytes(image)
    let name = Array("HOSTILE@".utf8)
    let places = bytes.indices.filter { bytes[$0] == name[0] && bytes[$0...].starts(with: name) }
    try #require(places.count == 1, "\(image) has its due instant \(places.count) times")
    for offset in 0..<8 { bytes[places[0] + 8 + offset] = UInt8(truncatingIfNeeded: due >> (8 * offset)) }
    return bytes
  }
}

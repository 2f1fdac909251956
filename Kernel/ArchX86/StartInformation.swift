import APEXTypes

/// What the boot loader says by the PVH protocol. Source: Xen's `hvm_start_info`, version 1.
public struct StartInformation {
  /// The first module: the module image.
  public let imageAddress: PhysicalAddress
  /// Bytes of the module as it was loaded; the table in it says how many the image has.
  public let imageByteCount: UInt64
  /// First byte beyond usable memory below 4 GiB.
  public let memoryEnd: PhysicalAddress
  private let commandLine: PhysicalAddress

  /// Reads the structure at `address`; nil where it is none, or names no module.
  public init?(_ address: PhysicalAddress) {
    func word(_ base: PhysicalAddress, _ offset: Int) -> UInt64 {
      base.pointer.load(fromByteOffset: offset, as: UInt64.self)
    }
    func half(_ offset: Int) -> UInt32 { address.pointer.load(fromByteOffset: offset, as: UInt32.self) }
    guard half(0) == 0x336E_C578, half(4) >= 1, half(12) >= 1 else { return nil }
    let modules = PhysicalAddress(word(address, 16))
    commandLine = PhysicalAddress(word(address, 24))
    imageAddress = PhysicalAddress(word(modules, 0))
    imageByteCount = word(modules, 8)
    let map = PhysicalAddress(word(address, 40))
    var end: UInt64 = 0
    for index in 0..<Int(half(48)) {
      let start = word(map, index * 24)
      let isMemory = map.pointer.load(fromByteOffset: index * 24 + 16, as: UInt32.self) == 1
      if isMemory, start < 1 << 32 { end = max(end, start &+ word(map, index * 24 + 8)) }
    }
    memoryEnd = PhysicalAddress(end)
  }

  private func character(_ index: Int) -> UInt8 {
    commandLine.rawValue == 0 ? 0 : commandLine.pointer.load(fromByteOffset: index, as: UInt8.self)
  }

  /// The text after `name=` on the command line, up to a space: read as a decimal number; nil where there is none.
  public func number(_ name: StaticString) -> UInt64? {
    guard var index = position(of: name) else { return nil }
    var value: UInt64 = 0
    while character(index) >= 48, character(index) <= 57 {
      let (product, overflow) = value.multipliedReportingOverflow(by: 10)
      guard !overflow else { return nil }
      value = product &+ UInt64(character(index) - 48)
      index += 1
    }
    return value
  }

  /// Whether `text` stands on the command line.
  public func has(_ text: StaticString) -> Bool { position(of: text) != nil }

  /// Where the text after `text` begins.
  private func position(of text: StaticString) -> Int? {
    let count = text.utf8CodeUnitCount
    var start = 0
    while character(start) != 0, start < 4096 {
      var length = 0
      while length < count, character(start + length) == text.utf8Start[length] { length += 1 }
      if length == count { return start + count }
      start += 1
    }
    return nil
  }
}

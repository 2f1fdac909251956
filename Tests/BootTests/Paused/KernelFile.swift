/// What the kernel's ELF file says of where the kernel lies.
enum KernelFile {
  private static func half(_ bytes: [UInt8], _ offset: Int) -> Int { Int(bytes[offset]) | Int(bytes[offset + 1]) << 8 }
  private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt64 {
    bytes[offset..<(offset + 8)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The physical memory of the kernel's segments.
  static func memory() throws -> Range<UInt64> {
    let bytes = try BootImages.bytes("partita-kernel")
    let table = Int(word(bytes, 32))
    var low = UInt64.max, high: UInt64 = 0
    for index in 0..<half(bytes, 56) {
      let header = table + index * half(bytes, 54)
      guard bytes[header] == 1 else { continue }  // PT_LOAD
      low = min(low, word(bytes, header + 24))
      high = max(high, word(bytes, header + 24) + word(bytes, header + 40))
    }
    return low..<high
  }

  /// Bytes of the section `.switcher`, the one piece that every address space has.
  static func switcherBytes() throws -> UInt64 {
    let bytes = try BootImages.bytes("partita-kernel")
    let table = Int(word(bytes, 40)), size = half(bytes, 58), count = half(bytes, 60)
    let names = Int(word(bytes, table + half(bytes, 62) * size + 24))
    for index in 0..<count {
      let header = table + index * size
      let name = names + Int(word(bytes, header) & 0xFFFF_FFFF)
      if bytes[name...].starts(with: Array(".switcher\0".utf8)) { return word(bytes, header + 32) }
    }
    throw MissingForBoot(what: "section .switcher of the kernel", remedy: "let the test follow kernel.ld")
  }

  /// The kernel's image with an invalid instruction at the beginning of the function whose symbol contains `name`.
  static func faulting(in name: String) throws -> [UInt8] {
    var bytes = try BootImages.bytes("partita-kernel")
    guard let address = try addresses(ofSymbolsContaining: name).first, let offset = offset(of: address, in: bytes)
    else { throw MissingForBoot(what: "one function \(name) of the kernel", remedy: "let the test follow the kernel") }
    bytes.replaceSubrange(offset..<(offset + 2), with: [0x0F, 0x0B])
    return bytes
  }

  /// What functions lay down on the stack at once, where it is 128 bytes or more: `sub $n, %rsp` with 32 bits.
  static func frames(in bytes: [UInt8]) -> [UInt64] {
    let table = Int(word(bytes, 32))
    for index in 0..<half(bytes, 56) {
      let header = table + index * half(bytes, 54)
      guard bytes[header] == 1, bytes[header + 4] & 1 != 0 else { continue }  // PT_LOAD, executable
      let start = Int(word(bytes, header + 8)), count = Int(word(bytes, header + 32))
      return (start..<(start + count - 6)).compactMap { place in
        guard bytes[place] == 0x48, bytes[place + 1] == 0x81, bytes[place + 2] == 0xEC else { return nil }
        return word(bytes, place + 3) & 0xFFFF_FFFF
      }
    }
    return []
  }

  private static func addresses(ofSymbolsContaining name: String) throws -> [UInt64] {
    let bytes = try BootImages.bytes("partita-kernel")
    let table = Int(word(bytes, 40)), size = half(bytes, 58)
    for index in 0..<half(bytes, 60) {
      let header = table + index * size
      guard bytes[header + 4] == 2 else { continue }  // SHT_SYMTAB
      let names = Int(word(bytes, table + Int(word(bytes, header + 40) & 0xFFFF_FFFF) * size + 24))
      let first = Int(word(bytes, header + 24))
      return stride(from: first, to: first + Int(word(bytes, header + 32)), by: 24).compactMap { symbol in
        let start = names + Int(word(bytes, symbol) & 0xFFFF_FFFF)
        let text = String(decoding: bytes[start...].prefix { $0 != 0 }, as: UTF8.self)
        return text.contains(name) && bytes[symbol + 4] & 15 == 2 ? word(bytes, symbol + 8) : nil
      }
    }
    return []
  }

  private static func offset(of address: UInt64, in bytes: [UInt8]) -> Int? {
    let table = Int(word(bytes, 32))
    for index in 0..<half(bytes, 56) {
      let header = table + index * half(bytes, 54)
      let start = word(bytes, header + 16)
      guard bytes[header] == 1, address >= start, address - start < word(bytes, header + 32) else { continue }
      return Int(word(bytes, header + 8) + address - start)
    }
    return nil
  }
}

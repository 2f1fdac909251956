import ModuleConfiguration

extension PartitionImage {
  /// Whether code lies at `address`.
  func isExecutable(_ address: UInt64) -> Bool {
    segments.contains {
      $0.access.contains(.execute) && address >= $0.virtualAddress && address - $0.virtualAddress < $0.memoryBytes
    }
  }

  /// The address of a symbol of an ELF file's symbol table; nil where the file has no such symbol, or no such table.
  ///
  /// The bytes may be hostile: every offset is checked.
  public static func address(ofSymbol name: String, elf bytes: [UInt8]) -> UInt64? {
    let file = ELFBytes(bytes)
    guard bytes.count >= 64, file.half(58) == 64 else { return nil }
    let count = file.half(60)
    guard let headers = file.slice(offset: file.word(40), count: count * 64) else { return nil }
    let first = headers.startIndex
    for index in 0..<Int(count) where file.quarter(first + index * 64 + 4) == 2 {
      let header = first + index * 64
      let link = file.quarter(header + 40)
      guard UInt64(link) < count,
        let symbols = file.slice(offset: file.word(header + 24), count: file.word(header + 32)),
        let names = file.slice(
          offset: file.word(first + Int(link) * 64 + 24), count: file.word(first + Int(link) * 64 + 32))
      else { continue }
      if let address = address(ofSymbol: Array(name.utf8) + [0], in: symbols, names, file) { return address }
    }
    return nil
  }

  private static func address(
    ofSymbol name: [UInt8], in symbols: ArraySlice<UInt8>, _ names: ArraySlice<UInt8>, _ file: ELFBytes
  ) -> UInt64? {
    for symbol in stride(from: symbols.startIndex, to: symbols.endIndex - 23, by: 24) {
      let offset = Int(file.quarter(symbol))
      // Undefined symbols have section 0.
      guard file.half(symbol + 6) != 0, offset < names.count else { continue }
      if names[(names.startIndex + offset)...].starts(with: name) { return file.word(symbol + 8) }
    }
    return nil
  }
}

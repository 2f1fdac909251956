import ModuleConfiguration

extension PartitionImage {
  /// Whether code lies at `address`.
  func isExecutable(_ address: UInt64) -> Bool {
    segments.contains {
      $0.access.contains(.execute) && address >= $0.virtualAddress && address - $0.virtualAddress < $0.memoryBytes
    }
  }

  /// The first 8 bytes of an ELF file's GNU build identity, big-endian; nil where the file has none, or is no 64-bit
  /// ELF file. Of any such file, a kernel's too.
  ///
  /// The bytes may be hostile: every offset is checked.
  public static func buildIdentity(elf bytes: [UInt8]) -> UInt64? {
    guard bytes.count >= 64, bytes[0..<4] == [0x7F, 0x45, 0x4C, 0x46], bytes[4] == 2, bytes[5] == 1 else { return nil }
    let file = ELFBytes(bytes)
    // A linker script may leave the note out of the program headers (the kernel's does) or have no section headers.
    let sections = notes(file, table: file.word(40), entryBytes: file.half(58), count: file.half(60), form: (64, 7, 4))
    let segments = notes(file, table: file.word(32), entryBytes: file.half(54), count: file.half(56), form: (56, 4, 0))
    return (sections + segments).lazy.compactMap { buildIdentity(in: $0) }.first
  }

  /// The notes that a table of section or program headers names.
  ///
  /// - Parameter form: bytes of a header, the type that stands for notes, and where a header has its type. Offset and
  ///   size come at 24 and 32 in a section's header, at 8 and 32 in a program header.
  private static func notes(
    _ file: ELFBytes, table: UInt64, entryBytes: UInt64, count: UInt64, form: (bytes: Int, type: UInt64, typeAt: Int)
  ) -> [ArraySlice<UInt8>] {
    guard entryBytes == UInt64(form.bytes), let headers = file.slice(offset: table, count: count * entryBytes) else {
      return []
    }
    return stride(from: headers.startIndex, to: headers.endIndex, by: form.bytes).compactMap { header in
      guard file.quarter(header + form.typeAt) == form.type else { return nil }
      return file.slice(offset: file.word(header + (form.typeAt == 0 ? 8 : 24)), count: file.word(header + 32))
    }
  }

  /// Whether an ELF file has a symbol table: of one without, what it lacks tells nothing.
  static func hasSymbolTable(elf bytes: [UInt8]) -> Bool {
    let file = ELFBytes(bytes)
    guard bytes.count >= 64, file.half(58) == 64,
      let headers = file.slice(offset: file.word(40), count: file.half(60) * 64)
    else { return false }
    return stride(from: headers.startIndex, to: headers.endIndex, by: 64).contains { file.quarter($0 + 4) == 2 }
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

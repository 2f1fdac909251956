import ModuleCompiler

/// Where a kernel keeps what an onlooker wants, as the symbols `partita_at_…` of its image tell.
public struct KernelPlaces: Equatable, Sendable {
  /// From where the switcher is linked to where it runs.
  public var switcherDisplacement: UInt64
  /// The word that has the root of the page tables that the last entry found.
  public var foundRoot: UInt64
  /// In that address space: the interrupted instruction pointer and stack pointer.
  public var instructionPointer: UInt64
  public var stackPointer: UInt64

  public init(
    switcherDisplacement: UInt64, foundRoot: UInt64, instructionPointer: UInt64, stackPointer: UInt64
  ) {
    self.switcherDisplacement = switcherDisplacement
    self.foundRoot = foundRoot
    self.instructionPointer = instructionPointer
    self.stackPointer = stackPointer
  }

  /// Reads the symbols; nil for an image that has them not.
  public init?(elf bytes: [UInt8]) {
    func address(_ symbol: String) -> UInt64? { PartitionImage.address(ofSymbol: symbol, elf: bytes) }
    guard let text = address("partita_at_switcher_text"), let linked = address("partita_switcher_start"),
      let root = address("partita_at_found_root"), let instruction = address("partita_at_interrupted_instruction"),
      let stack = address("partita_at_interrupted_stack")
    else { return nil }
    self.init(
      switcherDisplacement: text &- linked, foundRoot: root, instructionPointer: instruction, stackPointer: stack)
  }
}

/// The context that an entry to the kernel interrupted.
public struct InterruptedContext: Equatable, Sendable {
  public var instructionPointer: UInt64
  public var stackPointer: UInt64

  public init(instructionPointer: UInt64, stackPointer: UInt64) {
    self.instructionPointer = instructionPointer
    self.stackPointer = stackPointer
  }

  /// Reads it out of the memory of a machine that is in the kernel.
  ///
  /// - Parameters:
  ///   - root: the page tables that the entry found.
  ///   - word: the word at a physical address, or nil.
  /// - Returns: nil where the page tables do not map the places.
  public init?(_ places: KernelPlaces, root: UInt64, word: (UInt64) -> UInt64?) {
    func read(_ address: UInt64) -> UInt64? { Self.physical(address, root: root, word).flatMap(word) }
    guard let instruction = read(places.instructionPointer), let stack = read(places.stackPointer) else { return nil }
    (instructionPointer, stackPointer) = (instruction, stack)
  }

  /// Walks four levels of page tables, as the CPU does.
  static func physical(_ address: UInt64, root: UInt64, _ word: (UInt64) -> UInt64?) -> UInt64? {
    let frame: UInt64 = 0x000F_FFFF_FFFF_F000
    var table = root & frame
    for level in stride(from: UInt64(39), through: 12, by: -9) {
      guard let entry = word(table + (address >> level & 511) * 8), entry & 1 != 0 else { return nil }
      // A large page ends the walk; none is as large as the topmost level.
      let isLarge = level != 12 && level != 39 && entry & 0x80 != 0
      let offset = address & (1 << level - 1)
      if isLarge { return entry & frame & ~(1 << level - 1) | offset }
      if level == 12 { return entry & frame | offset }
      table = entry & frame
    }
    return nil
  }
}

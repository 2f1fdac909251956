/// The context that an entry to the kernel interrupted.
public struct InterruptedContext: Equatable, Sendable {
  /// Where it goes on, in its own address space.
  public var instructionPointer: UInt64
  /// With what it goes on, in the same.
  public var stackPointer: UInt64

  /// As an entry has saved both.
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

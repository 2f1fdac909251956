import ModuleCompiler

/// Where a kernel keeps what an onlooker wants, as the symbols `partita_at_…` of its image tell.
public struct KernelPlaces: Equatable, Sendable {
  /// From where the switcher is linked to where it runs.
  public var switcherDisplacement: UInt64
  /// The word that has the root of the page tables that the last entry found.
  public var foundRoot: UInt64
  /// In that address space: the interrupted instruction pointer and stack pointer.
  public var instructionPointer: UInt64
  /// The same for the word that has its stack pointer.
  public var stackPointer: UInt64

  /// All are virtual addresses, but for the displacement, which wraps around.
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

/// What an image has of the process services, as its symbols tell: images are linked with what they use alone.
struct ProcessServices: Equatable {
  /// Room for the stacks of processes and of the error handler.
  var hasStackPool: Bool
  /// Only C tells: in Swift the creation of the handler has no name of its own that lasts.
  var createsErrorHandler: Bool

  /// Nil where the file has no symbols, so that nothing is known.
  init?(elf bytes: [UInt8]) {
    guard PartitionImage.hasSymbolTable(elf: bytes) else { return nil }
    hasStackPool = PartitionImage.address(ofSymbol: "partita_stack_pool_bytes", elf: bytes) != nil
    createsErrorHandler = PartitionImage.address(ofSymbol: "CREATE_ERROR_HANDLER", elf: bytes) != nil
  }
}

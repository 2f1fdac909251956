import ModuleConfiguration

/// The module table that a trace carries, in memory of its own as long as this object lives.
public final class CarriedModuleTable {
  private let storage: UnsafeMutableRawBufferPointer
  /// A view of the table; valid as long as this object lives.
  public let table: ModuleTable

  /// Copies the table that `bytes` begin with; what follows it is not looked at.
  public init(copying bytes: UnsafeRawBufferPointer) throws(TraceOpenError) {
    storage = UnsafeMutableRawBufferPointer.allocate(byteCount: max(8, bytes.count), alignment: 8)
    storage.copyMemory(from: bytes)
    do throws(ModuleTable.Defect) {
      table = try ModuleTable(UnsafeRawBufferPointer(rebasing: storage[0..<bytes.count]))
    } catch {
      storage.deallocate()
      throw .moduleTableInvalid(error)
    }
  }

  deinit { storage.deallocate() }
}

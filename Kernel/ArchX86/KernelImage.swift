import APEXTypes
import ArchX86Assembly

/// Where the kernel itself lies, and how its own address space looks: memory identity-mapped, its state and the ring
/// once more at addresses of their own, W^X, nothing for ring 3.
public enum KernelImage {
  /// First byte beyond text, data and boot stacks.
  public static var end: PhysicalAddress { PhysicalAddress(partita_address_data_end()) }
  /// The trace ring in the kernel's space, mapped twice in a row.
  @inlinable public static var ring: UInt64 { UInt64(PARTITA_KERNEL_RING) }

  /// The kernel's own state in the kernel's space: a page.
  @inlinable public static var state: UInt64 { UInt64(PARTITA_KERNEL_STATE) }

  /// Whether `address` lies below the kernel's stack, where nothing is mapped.
  public static func isBelowStack(_ address: UInt64) -> Bool {
    address & ~4095 == partita_address_boot_stack_fence()
  }

  /// Maps memory up to `memoryEnd` and the kernel's sections into its own address space.
  ///
  /// The first 2 MiB go by pages, so that text is not writable, and neither the page at 0 nor those below the kernel's
  /// stacks are there.
  public static func map(into table: PageTable, memoryEnd: PhysicalAddress, memory: inout BootMemory) {
    precondition(end.rawValue <= 0x20_0000)
    let text = PhysicalAddress(partita_address_text_start())
    let rodata = PhysicalAddress(partita_address_rodata_start())
    let data = PhysicalAddress(partita_address_data_start())
    table.map(4096, to: PhysicalAddress(4096), byteCount: text.rawValue &- 4096, .write, memory: &memory)
    table.map(
      text.rawValue, to: text, byteCount: partita_address_text_end() &- text.rawValue, .execute, memory: &memory)
    table.map(
      rodata.rawValue, to: rodata, byteCount: partita_address_rodata_end() &- rodata.rawValue, .readOnly,
      memory: &memory)
    table.map(data.rawValue, to: data, byteCount: 0x20_0000 &- data.rawValue, .write, memory: &memory)
    let pages = table.neighbourhood(of: 0, memory: &memory)
    pages.leaveOut(partita_address_boot_stack_fence())
    pages.leaveOut(partita_address_fault_stack_fence())
    table.mapLarge(from: 0x20_0000, to: memoryEnd.rawValue, .write, memory: &memory)
    let registers = LocalTimer.registerPage
    table.map(registers.rawValue, to: registers, byteCount: 4096, PageAccess.write.union(.device), memory: &memory)
  }
}

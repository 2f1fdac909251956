import APEXTypes
import ArchX86Assembly

/// The physical pages of the switcher, and how they are mapped into an address space.
///
/// While a partition runs these are all of the kernel that is mapped: text (execute only), IDT, GDT and TSS
/// (read-only), the I/O permission bitmap, and the partition's register page, whose end is the stack of NMI, double
/// fault and machine check, too. The words that entries and exits need are in the TSS's page, which the kernel's own
/// address space alone has writable.
public struct SwitcherPages {
  private let interruptTable: PhysicalAddress
  private let descriptorTable: PhysicalAddress
  private let taskState: PhysicalAddress
  private let deniedPorts: PhysicalAddress

  /// Makes the tables; the CPU has them from `activate` on.
  public init(memory: inout BootMemory) {
    interruptTable = memory.allocate(byteCount: 4096)
    descriptorTable = memory.allocate(byteCount: 4096)
    taskState = memory.allocate(byteCount: 4096)
    deniedPorts = memory.allocateUncleared(byteCount: 4096)
    Instruction.fill(deniedPorts.pointer, byteCount: 4096, with: .max)
    writeInterruptTable()
    writeDescriptorTable()
    writeTaskState()
  }

  private static func high(_ address: UInt64) -> UInt64 {
    UInt64(PARTITA_SWITCHER_TEXT) &+ address &- partita_address_switcher_start()
  }

  /// Every gate has privilege level 0: `int n` of a partition is a protection fault (lineage L1's forged tick).
  private func writeInterruptTable() {
    let stubs = UInt64(PARTITA_SWITCHER_TEXT)
    let stubBytes: UInt64 = 16
    // All stubs lie in the first of 64 KiB: from gate to gate only the address's lowest part changes.
    precondition(stubs & 0xFFFF == 0)
    var low = SwitcherPages.gate(to: stubs, stackIndex: 0)
    var gate = interruptTable.pointer
    for _ in 0..<256 {
      gate.storeBytes(of: low, as: UInt64.self)
      gate.storeBytes(of: stubs &>> 32, toByteOffset: 8, as: UInt64.self)
      low &+= stubBytes
      gate += 16
    }
    putGate(1, to: partita_address_debug_entry(), stackIndex: 0)
    putGate(2, to: partita_address_nmi_entry(), stackIndex: 1)
    putGate(8, to: partita_address_double_fault_entry(), stackIndex: 2)
    putGate(18, to: partita_address_machine_check_entry(), stackIndex: 3)
  }

  /// The lower word of an interrupt gate of privilege level 0.
  private static func gate(to target: UInt64, stackIndex: UInt64) -> UInt64 {
    target & 0xFFFF | UInt64(PARTITA_KERNEL_CODE) &<< 16 | stackIndex &<< 32 | 0x8E00 &<< 32
      | (target &>> 16 & 0xFFFF) &<< 48
  }

  private func putGate(_ vector: Int, to address: UInt64, stackIndex: UInt64) {
    let target = SwitcherPages.high(address)
    interruptTable.pointer.storeBytes(
      of: SwitcherPages.gate(to: target, stackIndex: stackIndex), toByteOffset: vector * 16, as: UInt64.self)
    interruptTable.pointer.storeBytes(of: target &>> 32, toByteOffset: vector * 16 + 8, as: UInt64.self)
  }

  private func writeDescriptorTable() {
    let task = UInt64(PARTITA_TSS_PAGE)
    let limit: UInt64 = 4096 + 8192  // through the byte that closes the bitmap
    let descriptors: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (
      0, 0x0020_9B00_0000_0000, 0x0000_9300_0000_0000,  // kernel code and data
      0x0000_F300_0000_0000, 0x0020_FB00_0000_0000,  // ring 3 data and code
      limit & 0xFFFF | (task & 0xFF_FFFF) &<< 16 | 0x89 &<< 40 | (task &>> 24 & 0xFF) &<< 56,
      task &>> 32
    )
    descriptorTable.pointer.storeBytes(of: descriptors, as: type(of: descriptors))
  }

  /// RSP0 is the top of the frame in whichever register page is mapped. Fields are at odd offsets: written by halves.
  private func writeTaskState() {
    putAddress(UInt64(PARTITA_REGISTER_PAGE) &+ UInt64(PARTITA_REGISTERS_FRAME_END), at: 4)
    putAddress(UInt64(PARTITA_NMI_STACK) &+ 4096, at: 36)
    putAddress(UInt64(PARTITA_DOUBLE_FAULT_STACK) &+ 4096, at: 44)
    putAddress(UInt64(PARTITA_MACHINE_CHECK_STACK) &+ 4096, at: 52)
    taskState.pointer.storeBytes(of: 4096, toByteOffset: 102, as: UInt16.self)
  }

  private func putAddress(_ value: UInt64, at offset: Int) {
    taskState.pointer.storeBytes(of: UInt32(truncatingIfNeeded: value), toByteOffset: offset, as: UInt32.self)
    taskState.pointer.storeBytes(
      of: UInt32(truncatingIfNeeded: value &>> 32), toByteOffset: offset + 4, as: UInt32.self)
  }

  /// Maps the switcher into an address space.
  ///
  /// - Parameters:
  ///   - registers: the register page that belongs to the space.
  ///   - portBitmap: the permissions of ports 0 … 32767, or nil where none is granted.
  ///   - isKernels: whether it is the kernel's own space, in which the switcher's words are written.
  public func map(
    into table: PageTable, registers: PhysicalAddress, portBitmap: PhysicalAddress?, isKernels: Bool = false,
    memory: inout BootMemory
  ) {
    let text = PhysicalAddress(partita_address_switcher_start())
    let textBytes = partita_address_switcher_end() &- partita_address_switcher_start()
    precondition(textBytes <= 4 * 4096)
    let pages = table.neighbourhood(of: UInt64(PARTITA_SWITCHER_TEXT), memory: &memory)
    var offset: UInt64 = 0
    while offset < textBytes {
      pages.map(UInt64(PARTITA_SWITCHER_TEXT) &+ offset, to: text + offset, .execute)
      offset &+= 4096
    }
    pages.map(UInt64(PARTITA_IDT_PAGE), to: interruptTable, PageAccess.readOnly)
    pages.map(UInt64(PARTITA_GDT_PAGE), to: descriptorTable, PageAccess.readOnly)
    pages.map(UInt64(PARTITA_TSS_PAGE), to: taskState, isKernels ? .write : PageAccess.readOnly)
    pages.map(UInt64(PARTITA_IO_BITMAP), to: portBitmap ?? deniedPorts, PageAccess.readOnly)
    pages.map(UInt64(PARTITA_IO_BITMAP) &+ 4096, to: deniedPorts, PageAccess.readOnly)
    pages.map(UInt64(PARTITA_IO_BITMAP_END), to: deniedPorts, PageAccess.readOnly)
    // No page is writable in two spaces: what one partition found a way to write, another could find a way to read.
    pages.map(UInt64(PARTITA_NMI_STACK), to: registers, .write)
    pages.map(UInt64(PARTITA_DOUBLE_FAULT_STACK), to: registers, .write)
    pages.map(UInt64(PARTITA_MACHINE_CHECK_STACK), to: registers, .write)
    pages.map(UInt64(PARTITA_REGISTER_PAGE), to: registers, .write)
  }

  /// Loads the tables into the CPU. The kernel's page tables, with the switcher in them, must be loaded.
  public func activate(kernelTable: PageTable) {
    Instruction.store64(kernelTable.root.rawValue, to: crossing(UInt64(PARTITA_KERNEL_ROOT)))
    partita_load_descriptor_tables(UInt64(PARTITA_GDT_PAGE), 55, UInt64(PARTITA_IDT_PAGE), 4095)
    // Loading the task register marks its descriptor busy, in a page that is read-only at its high address.
    partita_write_cr0(partita_read_cr0() & ~(1 << 16))
    partita_load_segments()
    partita_write_cr0(partita_read_cr0() | 1 << 16)
  }

  // What every entry reads and every exit writes lies at constant addresses of the kernel's own space, which is loaded.

  /// Non-maskable interrupts taken, ever.
  public var nonMaskableCount: UInt64 { partita_nmi_count() }
  /// Counter value at the last entry to the kernel.
  public var entryTicks: UInt64 { partita_entry_ticks() }
  /// CR3 as the last entry found it.
  public var foundRoot: PhysicalAddress { PhysicalAddress(partita_found_root()) }
  /// Counter value of the first instruction in ring 3 after the last exit.
  public var exitTicks: UInt64 { partita_exit_ticks() }
  /// What CR3 gets at the next exit.
  public func setNextRoot(_ root: PhysicalAddress) { partita_set_next_root(root.rawValue) }

  /// One of the switcher's words, by its physical address.
  @inline(__always) private func crossing(_ address: UInt64) -> UnsafeMutableRawPointer {
    (taskState + (address &- UInt64(PARTITA_TSS_PAGE))).pointer
  }
}

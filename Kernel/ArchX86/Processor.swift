import ArchX86Assembly

/// Set-up of the CPU itself: protections, extended state, descriptor tables, the way in by `syscall`.
public enum Processor {
  /// What of the extended state partitions may use.
  public struct ExtendedState {
    /// Bit mask for `xsave` and XCR0: x87, SSE and, where the CPU has it, AVX.
    public var mask: UInt64
    /// Bytes of a save area.
    public var byteCount: UInt64

    /// Makes a save area what it is at a partition's beginning: control words as after reset of a C environment,
    /// everything else clear. Unsafe: the area is `byteCount` long and the kernel's own.
    public func prepare(_ area: PhysicalAddress) {
      Instruction.clear(area.pointer, byteCount: (byteCount &+ 7) & ~7)
      area.pointer.storeBytes(of: 0x037F, toByteOffset: 0, as: UInt16.self)
      area.pointer.storeBytes(of: 0x1F80, toByteOffset: 24, as: UInt32.self)
      area.pointer.storeBytes(of: 3, toByteOffset: 512, as: UInt64.self)
    }
  }

  private static let writeProtect: UInt64 = 1 << 16
  /// Lets a partition ask for alignment checks by its AC flag.
  private static let alignmentMask: UInt64 = 1 << 18
  /// Without it an x87 error of a partition would not be its own exception but an interrupt of line 13.
  private static let numericError: UInt64 = 1 << 5

  /// Switches on the protections that the CPU has (SMEP, SMAP, UMIP), machine checks, which would reset it otherwise,
  /// and the extended state.
  ///
  /// - Precondition: the CPU has `xsave`; the boot code has said so otherwise (`hasExtendedState`).
  public static func enableProtections() -> ExtendedState {
    let features = partita_cpuid(7, 0)
    var control = partita_read_cr4() | 1 << 6 | 1 << 9 | 1 << 10 | 1 << 18  // MCE, OSFXSR, OSXMMEXCPT, OSXSAVE
    if features.ebx & 1 << 7 != 0 { control |= 1 << 20 }  // SMEP
    if features.ebx & 1 << 20 != 0 { control |= 1 << 21 }  // SMAP
    if features.ecx & 1 << 2 != 0 { control |= 1 << 11 }  // UMIP
    partita_write_cr4(control)
    partita_write_cr0(partita_read_cr0() | writeProtect | alignmentMask | numericError)
    let mask: UInt64 = partita_cpuid(1, 0).ecx & 1 << 28 != 0 ? 7 : 3
    partita_write_xcr0(mask)
    return ExtendedState(mask: mask, byteCount: UInt64(partita_cpuid(13, 0).ebx))
  }

  /// Whether the CPU has `xsave` (CPUID leaf 1, ECX bit 26); without it no kernel boots.
  public static var hasExtendedState: Bool { partita_cpuid(1, 0).ecx & 1 << 26 != 0 }

  /// Whether the CPU has the instruction of `Instruction.copyAndDigest` (SSE 4.2).
  public static var hasChecksum: Bool { partita_cpuid(1, 0).ecx & 1 << 20 != 0 }

  /// Lets `syscall` enter the switcher with interrupts, trap, direction, nested-task and alignment flags off.
  public static func enableSystemCalls() {
    let entry = UInt64(PARTITA_SWITCHER_TEXT) &+ partita_address_syscall_entry() &- partita_address_switcher_start()
    partita_write_msr(0xC000_0081, UInt64(PARTITA_KERNEL_CODE) << 32)
    partita_write_msr(0xC000_0082, entry)
    partita_write_msr(0xC000_0084, 0x4_7700)
  }

  /// Loads CR3: from the next instruction on only what this table maps is there.
  public static func load(_ table: PageTable) { partita_write_cr3(table.root.rawValue) }

  /// The base of the FS segment of the partition whose state is loaded.
  public static var segmentBase: UInt64 {
    get { partita_read_msr(0xC000_0100) }
    set { partita_write_msr(0xC000_0100, newValue) }
  }

  /// Segment registers as every partition finds them at its turn.
  @inline(__always) public static func clearDataSegments() { partita_clear_data_segments() }

  /// Unsafe: areas are 64-byte aligned, `ExtendedState.byteCount` long, and the kernel's own.
  @inline(__always)
  public static func exchangeExtendedState(savingTo old: PhysicalAddress, loadingFrom new: PhysicalAddress) {
    partita_exchange_extended_state(old.pointer, new.pointer)
  }
  /// Loads without saving, where what the CPU holds is nobody's any more. Unsafe: likewise.
  @inline(__always) public static func loadExtendedState(from area: PhysicalAddress) {
    partita_load_extended_state(area.pointer)
  }

  /// The build identity of the kernel's image.
  public static var kernelBuildIdentity: UInt64 { partita_kernel_build_identity() }
}

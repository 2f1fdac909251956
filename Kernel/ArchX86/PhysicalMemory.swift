import ArchX86Assembly

/// An address as the memory controller sees it. While the kernel runs, physical memory is mapped at the same address.
public struct PhysicalAddress: Comparable, Hashable, BitwiseCopyable {
  /// Bytes from the beginning of physical memory.
  public var rawValue: UInt64

  /// The byte with this number.
  @inlinable public init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// Whether `a` lies below `b`.
  @inlinable public static func < (a: PhysicalAddress, b: PhysicalAddress) -> Bool { a.rawValue < b.rawValue }
  /// The address so many bytes further on.
  @inlinable public static func + (a: PhysicalAddress, byteCount: UInt64) -> PhysicalAddress {
    PhysicalAddress(a.rawValue &+ byteCount)
  }

  /// The memory itself. Unsafe: only while the kernel's own page tables are loaded, and never 0.
  /// Nothing is mapped at 0, so that no check is needed here: an access would fault, which ends the machine.
  @inlinable public var pointer: UnsafeMutableRawPointer {
    @inline(__always) get { UnsafeMutableRawPointer(bitPattern: UInt(rawValue)).unsafelyUnwrapped }
  }
}

/// Hands out physical memory at boot, page by page, and takes none back: after boot the kernel allocates nothing.
///
/// The kernel's own tables come from its .bss first, which its loader has cleared: clearing it once more was a fifth of
/// the whole boot. When that is used up, they are cleared here. What partitions are given is never of the image.
public struct BootMemory: ~Copyable {
  private var next: PhysicalAddress
  private let end: PhysicalAddress
  private var nextCleared: PhysicalAddress
  private let endOfCleared: PhysicalAddress
  /// Bytes handed out so far.
  public private(set) var usedByteCount: UInt64 = 0

  /// - Parameters:
  ///   - start: first free byte; rounded up to a page.
  ///   - end: first byte beyond the free range.
  public init(from start: PhysicalAddress, to end: PhysicalAddress) {
    next = PhysicalAddress((start.rawValue &+ 4095) & ~4095)
    self.end = end
    nextCleared = PhysicalAddress(partita_address_cleared_start())
    endOfCleared = PhysicalAddress(partita_address_cleared_end())
  }

  /// Cuts off `byteCount` bytes, rounded up to whole pages, filled with zero.
  ///
  /// Where so much is not left the machine ends with a message: `partita check` adds up what a module needs, but who
  /// boots it without `partita` gives it what memory he likes.
  public mutating func allocate(byteCount: UInt64) -> PhysicalAddress {
    let address = allocateUncleared(byteCount: byteCount)
    Instruction.clear(address.pointer, byteCount: (byteCount &+ 4095) & ~4095)
    return address
  }

  /// The same for tables of the kernel's, which no partition's address space maps.
  public mutating func allocateTable(byteCount: UInt64) -> PhysicalAddress {
    let wholePages = (byteCount &+ 4095) & ~4095
    let cleared = nextCleared
    guard wholePages <= endOfCleared.rawValue &- cleared.rawValue else { return allocate(byteCount: byteCount) }
    nextCleared = cleared + wholePages
    usedByteCount &+= wholePages
    return cleared
  }

  /// The same without the zeroes, for memory that is written as a whole at once.
  public mutating func allocateUncleared(byteCount: UInt64) -> PhysicalAddress {
    let address = next
    let wholePages = (byteCount &+ 4095) & ~4095
    guard address <= end, wholePages <= end.rawValue &- address.rawValue else { endForWant(of: wholePages) }
    next = address + wholePages
    usedByteCount &+= wholePages
    return address
  }

  @inline(never) private func endForWant(of byteCount: UInt64) -> Never {
    SerialConsole.print("partita: the machine has too little memory for this module: after ")
    SerialConsole.print(hexadecimal: usedByteCount)
    SerialConsole.print(" bytes, ")
    SerialConsole.print(hexadecimal: byteCount)
    SerialConsole.print(" more are not there; start QEMU with a greater -m\n")
    Instruction.exitEmulator(2)
  }
}

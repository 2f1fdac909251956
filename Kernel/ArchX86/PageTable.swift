import APEXTypes
import ArchX86Assembly

/// What an address space allows on a page. Execution and writing never go together (W^X).
public struct PageAccess: BitFlags {
  /// Bits of a table's entry, but for bit 63: there it forbids execution, here it allows it.
  public var rawValue: UInt64
  /// The access of these bits.
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// The kernel may read.
  public static var readOnly: PageAccess { PageAccess(rawValue: 0) }
  /// Whoever may use the page may write to it; not together with `execute`.
  public static var write: PageAccess { PageAccess(rawValue: 1 << 1) }
  /// Ring 3 may use the page.
  public static var user: PageAccess { PageAccess(rawValue: 1 << 2) }
  /// Device registers: not cached.
  public static var device: PageAccess { PageAccess(rawValue: 1 << 4 | 1 << 3) }
  /// Whoever may use the page may fetch instructions from it.
  public static var execute: PageAccess { PageAccess(rawValue: 1 << 63) }
}

/// Four-level page tables under construction. Source: AMD64 manual, volume 2, 5.3.
public struct PageTable {
  /// The table of the highest level: what CR3 gets.
  public let root: PhysicalAddress

  private static var addressMask: UInt64 { 0x000F_FFFF_FFFF_F000 }
  private static var noExecute: UInt64 { 1 << 63 }

  /// An address space in which nothing is mapped.
  public init(memory: inout BootMemory) { root = memory.allocateTable(byteCount: 4096) }

  private static func entry(_ access: PageAccess, _ address: PhysicalAddress) -> UInt64 {
    precondition(!access.contains(.execute) || !access.contains(.write))
    let flags = access.rawValue & ~PageAccess.execute.rawValue
    // The accessed and dirty bits are set beforehand: the CPU need not write to the table.
    return address.rawValue | flags | 0x61 | (access.contains(.execute) ? 0 : noExecute)
  }

  /// The table entry for `address` at `level` (3 … 0), with the tables above it made as needed.
  private func slot(_ address: UInt64, level: Int, memory: inout BootMemory) -> UnsafeMutablePointer<UInt64> {
    var table = root
    for step in stride(from: 3, to: level, by: -1) {
      let index = Int(address &>> (12 + 9 * UInt64(step)) & 511)
      let entries = table.pointer.assumingMemoryBound(to: UInt64.self)
      if entries[index] == 0 {
        // Rights are decided by the last level.
        entries[index] = memory.allocateTable(byteCount: 4096).rawValue | 0x27
      }
      table = PhysicalAddress(entries[index] & PageTable.addressMask)
    }
    let index = Int(address &>> (12 + 9 * UInt64(level)) & 511)
    return table.pointer.assumingMemoryBound(to: UInt64.self) + index
  }

  /// Maps whole pages of 4 KiB.
  public func map(
    _ address: UInt64, to physical: PhysicalAddress, byteCount: UInt64, _ access: PageAccess, memory: inout BootMemory
  ) {
    precondition(address & 4095 == 0 && physical.rawValue & 4095 == 0)
    var next = address
    let end = address &+ byteCount
    var entry = PageTable.entry(access, physical)
    while next < end {
      // One walk for the pages that share a table of the last level: 2 MiB.
      let tableEnd = (next | 0x1F_FFFF) &+ 1
      let last = tableEnd < end && tableEnd != 0 ? tableEnd : end
      var place = slot(next, level: 0, memory: &memory)
      while next < last {
        place.pointee = entry
        place += 1
        entry &+= 4096
        next &+= 4096
      }
    }
  }

  /// The entries of 512 pages whose addresses differ in bits 12 … 20 alone: for pages here and there, one walk for all.
  public struct Neighbourhood {
    // Unsafe: a table of the last level, which lives for ever; an index has nine bits.
    fileprivate let entries: UnsafeMutablePointer<UInt64>

    private func place(_ address: UInt64) -> UnsafeMutablePointer<UInt64> {
      entries + Int(truncatingIfNeeded: address &>> 12 & 511)
    }

    /// Maps one page.
    public func map(_ address: UInt64, to physical: PhysicalAddress, _ access: PageAccess) {
      precondition(address & 4095 == 0 && physical.rawValue & 4095 == 0)
      place(address).pointee = PageTable.entry(access, physical)
    }

    /// Leaves one page out.
    public func leaveOut(_ address: UInt64) { place(address).pointee = 0 }
  }

  /// The pages around `address`.
  public func neighbourhood(of address: UInt64, memory: inout BootMemory) -> Neighbourhood {
    Neighbourhood(entries: slot(address & ~0x1F_FFFF, level: 0, memory: &memory))
  }

  /// Maps [start, end) to itself in large pages of 2 MiB; a rest at the end gets a whole one.
  public func mapLarge(from start: UInt64, to end: UInt64, _ access: PageAccess, memory: inout BootMemory) {
    precondition(start & 0x1F_FFFF == 0)
    var next = start
    while next < end {
      // One walk for the pages that share a table: 1 GiB.
      let last = min((next | 0x3FFF_FFFF) &+ 1, end)
      var place = slot(next, level: 1, memory: &memory)
      var entry = PageTable.entry(access, PhysicalAddress(next)) | 0x80
      while next < last {
        place.pointee = entry
        place += 1
        entry &+= 0x20_0000
        next &+= 0x20_0000
      }
    }
  }
}

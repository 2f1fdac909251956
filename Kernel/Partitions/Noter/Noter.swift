import APEXTypes
import ModuleConfiguration
import PartitionKit

/// Leaves notes of every length, and asks for some that must be refused.
///
/// Word n of all that it leaves is n times `factor`, so that whoever reads the trace knows each of them. After each
/// round comes a note of two words: words left so far, and what went wrong.
@main struct Noter {
  static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
  private var left: UInt64 = 0
  private var errors: UInt64 = 0

  static func main() {
    Partition.enterNormalMode()
    var noter = Noter()
    var storage = InlineArray<256, UInt64>(repeating: 0)
    withUnsafeMutableBytes(of: &storage) { bytes in
      let words = bytes.bindMemory(to: UInt64.self)
      var count = 1
      while true {
        noter.leave(words, count)
        count = count == ModuleLimits.maximumNoteWords ? 1 : count + 1
        noter.askInVain(UInt64(UInt(bitPattern: words.baseAddress)))
        Partition.note(noter.left, noter.errors)
        if count % 16 == 0 { Partition.yield() }
      }
    }
  }

  private mutating func leave(_ words: UnsafeMutableBufferPointer<UInt64>, _ count: Int) {
    for index in 0..<count {
      words[index] = left &* Self.factor
      left &+= 1
    }
    do throws(ReturnCode) {
      try Partition.note(UnsafeBufferPointer(rebasing: words[0..<count]))
    } catch {
      errors &+= 1
    }
  }

  /// Wrong numbers, a crooked address, and memory that is not its own, or not all of it.
  private mutating func askInVain(_ address: UInt64) {
    let most = UInt64(ModuleLimits.maximumNoteWords)
    expectRefusal(address, 0)
    expectRefusal(address, most + 1)
    expectRefusal(address, 1 << 61)
    expectRefusal(address, .max)
    for crooked in 1...7 as ClosedRange<UInt64> { expectRefusal(address + crooked, 1) }
    expectRefusal(PartitionLayout.stackTop - 8, 2)
    expectRefusal(PartitionLayout.stackTop, 1)
    expectRefusal(PartitionLayout.imageBase - 8, 2)
    // Pages that it may read, but that are no memory of its own: the kernel's way to it, and what the kernel tells it.
    expectRefusal(PartitionLayout.sharedPage, 1)
    expectRefusal(PartitionLayout.informationPage, 1)
    // The ring, the kernel where it lies in the machine's memory, its text and this partition's registers.
    for foreign in [
      0, 0x10_0000, PartitionLayout.ring, PartitionLayout.moduleTable, 0x8000_0000_0000, 0xFFFF_FFFF_8000_0000,
      0xFFFF_FFFF_8000_E000, 0xFFFF_FFFF_A000_0000, .max - 7,
    ] as [UInt64] { expectRefusal(foreign, 1) }
  }

  private mutating func expectRefusal(_ address: UInt64, _ count: UInt64) {
    do throws(ReturnCode) {
      try Hypercall.call(.noteWords, address, count)
      errors &+= 1
    } catch {
      if error != .invalidParameter { errors &+= 1 }
    }
  }
}

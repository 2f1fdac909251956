import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore

/// The hardware side of one partition: where its pages are and what the CPU holds of it while others run.
struct PartitionContext: BitwiseCopyable {
  var registers: PhysicalAddress
  var root: PhysicalAddress
  /// `RunningPartition.rootForCallsAtOnce`, `.callHead` and `.interruptHead`.
  var rootForCallsAtOnce: UInt64
  var callHead: UInt64
  var interruptHead: UInt64
  var shared: PhysicalAddress
  var information: PhysicalAddress
  /// The save area of x87, SSE and AVX state; 64-byte aligned.
  var extendedState: PhysicalAddress
  var stack: PhysicalAddress
  var stackBytes: UInt64
  var segmentBase: UInt64
  var entryPoint: UInt64
  /// Index of its first segment in `segmentFrames`, and how many.
  var firstSegment: Int
  var segmentCount: Int
}

/// What every entry from the loaded partition needs of its context.
struct RunningPartition {
  var registers: RegisterPage
  // Unsafe: the kernel's own mapping of the partition's shared page, alive for ever.
  var shared: UnsafeMutableRawPointer
  // Unsafe: likewise, of its information page.
  var information: UnsafeMutableRawPointer
  /// Where its extended state goes when another is loaded.
  var extendedState: PhysicalAddress
  /// What CR3 has while it runs.
  var root: PhysicalAddress
  /// The same where its hypercalls may be served at once; 0, which no CR3 has, for the drainer, whose tail is looked at
  /// at every entry.
  var rootForCallsAtOnce: UInt64
  /// The same where lines' interrupts may be marked at once; 0 after the module's stop.
  var rootForMarksAtOnce: UInt64
  /// `TraceRing.callHead` of the partition.
  var callHead: UInt64
  /// `TraceRing.interruptHead` of the partition.
  var interruptHead: UInt64
  /// What an address in its stack lies below the physical one.
  var stackOffset: UInt64
  /// The partition as the core's services of ports know it.
  var caller: Caller

  init(_ context: PartitionContext, _ caller: Caller) {
    self.caller = caller
    registers = RegisterPage(context.registers)
    shared = context.shared.pointer
    information = context.information.pointer
    extendedState = context.extendedState
    root = context.root
    rootForCallsAtOnce = context.rootForCallsAtOnce
    rootForMarksAtOnce = context.root.rawValue
    callHead = context.callHead
    interruptHead = context.interruptHead
    stackOffset = context.stack.rawValue &+ context.stackBytes &- PartitionLayout.stackTop
  }
}

/// A fixed table in boot memory.
struct BootTable<Element: BitwiseCopyable> {
  // Unsafe: kernel memory allocated once, alive for ever, indices checked.
  private let base: UnsafeMutablePointer<Element>
  let count: Int

  init(count: Int, filledWith value: Element, memory: inout BootMemory) {
    let bytes = UInt64(MemoryLayout<Element>.stride * max(count, 1))
    base = memory.allocateTable(byteCount: bytes).pointer
      .initializeMemory(as: Element.self, repeating: value, count: max(count, 1))
    self.count = count
  }

  subscript(index: Int) -> Element {
    unsafeAddress {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
      return UnsafePointer(base + index)
    }
    nonmutating unsafeMutableAddress {
      precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
      return base + index
    }
  }
}

/// Where a segment's pages lie, and where the image has what a start fills them with.
struct SegmentFrame: BitwiseCopyable {
  var virtualAddress: UInt64 = 0
  var byteCount: UInt64 = 0
  var physical = PhysicalAddress(0)
  var contents = PhysicalAddress(0)
  var imageBytes: UInt64 = 0
  var isWritable = false
  var isRetained = false
}

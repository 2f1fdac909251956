import APEXTypes
import ArchX86
import ModuleConfiguration
import PartitionCore

/// The hardware side of one partition: where its pages are, what the CPU holds of it while others run, and what every
/// entry out of it needs.
struct PartitionContext: BitwiseCopyable {
  var registers: PhysicalAddress
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
  var shared: PhysicalAddress
  var information: PhysicalAddress
  /// The save area of x87, SSE and AVX state; 64-byte aligned.
  var extendedState: PhysicalAddress
  var stack: PhysicalAddress
  var stackBytes: UInt64
  var segmentBase: UInt64
  var entryPoint: UInt64
  /// The frame of its unfinished return, as it was last looked at: it was found usable if the core delivers on it, and
  /// where the call that was made has published another tail, the place is still this one.
  var frameInUse: UInt64 = 0
  /// Index of its first segment in `Kernel.segments`, and how many.
  var firstSegment: Int
  var segmentCount: Int
  /// The partition as the core's services of ports know it.
  var caller: Caller
}

/// The context of the partition that is in the CPU, found once.
struct RunningPartition {
  // Unsafe: an element of the table of contexts, which lives for ever.
  private let context: UnsafeMutablePointer<PartitionContext>

  init(_ contexts: BootTable<PartitionContext>, _ partition: PartitionIndex) {
    context = contexts.place(Int(partition.rawValue))
  }

  @inline(__always) var registers: RegisterPage { RegisterPage(context.pointee.registers) }
  // Unsafe: the kernel's own mapping of the partition's shared page, alive for ever.
  @inline(__always) var shared: UnsafeMutableRawPointer { context.pointee.shared.pointer }
  // Unsafe: likewise, of its information page.
  @inline(__always) var information: UnsafeMutableRawPointer { context.pointee.information.pointer }
  @inline(__always) var extendedState: PhysicalAddress { context.pointee.extendedState }
  @inline(__always) var segmentBase: UInt64 { context.pointee.segmentBase }
  @inline(__always) var root: PhysicalAddress { context.pointee.root }
  @inline(__always) var rootForCallsAtOnce: UInt64 { context.pointee.rootForCallsAtOnce }
  @inline(__always) var rootForMarksAtOnce: UInt64 {
    get { context.pointee.rootForMarksAtOnce }
    nonmutating set { context.pointee.rootForMarksAtOnce = newValue }
  }
  @inline(__always) var callHead: UInt64 { context.pointee.callHead }
  @inline(__always) var interruptHead: UInt64 { context.pointee.interruptHead }
  @inline(__always) var caller: Caller { context.pointee.caller }
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

  /// The element's own place, for those who ask for it again and again.
  @inline(__always) func place(_ index: Int) -> UnsafeMutablePointer<Element> {
    precondition(UInt(bitPattern: index) < UInt(bitPattern: count))
    return base + index
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

/// Where things lie in a partition's address space; the same in every partition.
///
/// Everything lies below 2 GiB, so that images use the small code model. Pages not named here are not mapped.
public enum PartitionLayout {
  /// First byte of the partition's image, as its linker script places it.
  public static let imageBase: UInt64 = 0x0040_0000
  /// First byte beyond the highest address an image may use.
  public static let imageLimit: UInt64 = 0x2000_0000
  /// First byte above the main stack, which grows down; the page below the stack is never mapped.
  public static let stackTop: UInt64 = 0x2FF0_0000
  /// The page that kernel and partition share, read and write for both (`SharedPage`).
  public static let sharedPage: UInt64 = 0x3000_0000
  /// A page that the kernel writes and the partition reads (`InformationPage`).
  public static let informationPage: UInt64 = 0x3000_1000
  /// The drainer only: the ring's control page (`RingControl`), read-only.
  public static let ringControl: UInt64 = 0x3FFF_F000
  /// The drainer only: the trace ring, read-only, mapped twice in a row so that no record wraps.
  public static let ring: UInt64 = 0x4000_0000
  /// The drainer only: the module table as the kernel has it, read-only.
  public static let moduleTable: UInt64 = 0x6000_0000
  /// Bytes below the stack pointer that compiled code may use and an upcall must leave alone (System V ABI).
  public static let redZoneBytes: UInt64 = 128
}

/// Byte offsets of the words in the page shared by kernel and partition. Both sides may write; neither trusts the
/// other.
public enum SharedPage {
  /// u64; bit 0 is 1 while the partition takes upcalls. The software replacement of the interrupt flag; starts as 0.
  public static let virtualInterruptFlag = 0
  /// u64; the kernel keeps it nonzero while marks wait for delivery.
  public static let pending = 8
  /// u16; the user-space return counts here each time it restores a context. This count and the two that follow are
  /// read as one word at every kernel entry.
  public static let upcallsReturned = 16
  /// u16; the upcall entry counts here each time it is entered.
  public static let upcallsEntered = 18
  /// u32; the partition counts here each time it changes the flag.
  public static let flips = 20
  /// u32; the exception trampoline counts here each time a handler gives the interrupted context back. A guest whose
  /// handler never comes back counts here itself, or its next exception is taken for one inside the handler.
  public static let exceptionsReturned = 28
  /// u64; the drainer only: 8-byte words of the ring that it has consumed, ever.
  public static let drainTail = 32
  /// u64; the drainer only: bytes written to the debug port, ever.
  public static let drainedBytes = 40
  /// u64; the drainer only: blocks of events that it has begun to write, ever: the number of the last one.
  public static let drainedBlocks = 48
  /// The drainer only: where its last `drainHistoryCount` blocks ended, two words each, block n at n modulo the count:
  /// the tail behind the block, and the events drained until then. A reader of a crashed module's ring (`RingBeacon`)
  /// finds by them where records begin that are drained but not overwritten yet.
  public static let drainHistory = 64
  /// Blocks whose ends are kept there.
  public static let drainHistoryCount = 32
}

/// Byte offsets of the words in the page that tells a partition about itself.
public enum InformationPage {
  /// u64; the time-stamp counter when the module's clock was zero.
  public static let clockOrigin = 0
  /// u64; nanoseconds a tick, as a 32.32 fixed-point number. Time = ((tsc − origin) × scale) >> 32.
  public static let clockScale = 8
  /// u64; the reader's partition index.
  public static let partitionIndex = 16
  /// u64; the integrator's partition identifier.
  public static let partitionIdentifier = 24
  /// u64; start instant of the window that runs now, or ran last, in ns.
  public static let windowStart = 32
  /// u64; bytes that `xsave64` needs for the state components enabled.
  public static let extendedStateBytes = 40
  /// u64; the mask for `xsave64` and `xrstor64`.
  public static let extendedStateMask = 48
  /// u64; the drainer only: bytes of the ring (once; it is mapped twice).
  public static let ringBytes = 56
  /// u64; the drainer only: bytes of the module table.
  public static let moduleTableBytes = 64
  /// u64; the reader's `OperatingMode`.
  public static let operatingMode = 72
  /// u64; why it started last, `StartCondition`.
  public static let startCondition = 80
  /// u64; the partition's period in the module schedule that runs, in ns.
  public static let period = 88
  /// u64; what it is promised of each of these periods, in ns.
  public static let duration = 96
  /// u64; when the window that runs now, or ran last, ends, in ns: whatever schedule it is of.
  public static let windowEnd = 104
  /// u64; start of the partition's last period, in ns: of its last window with which a period begins.
  public static let periodStart = 112
}

/// Byte offsets of the words in the ring's control page.
public enum RingControl {
  /// u64; 8-byte words that the kernel has stored in the ring, ever. A record is whole once the head has passed it.
  public static let head = 0
  /// u64; events stored, ever.
  public static let events = 8
  /// u64; events that found no room, ever.
  public static let lost = 16
  /// u64; nonzero once the end event is in the ring and nothing will follow it.
  public static let ended = 24
  /// `RingBeacon`; written once, at boot.
  public static let beacon = 64
  /// u64; flight recorders (`RingPolicy`) only: marks that the kernel has made, ever.
  public static let markCount = 256
  /// Flight recorders only: their last `keptMarks` marks, two words each, mark n (from 1) at n modulo the count: a word
  /// of the ring, counted from the beginning of time, at which a record begins, and how many events were stored before
  /// it. An entry is whole once its number is in `markCount`.
  public static let marks = 272
  /// Enough for two ways round the ring.
  public static let keptMarks = 32
  /// Marks in one way round the ring, at the most: what was overwritten last is forgotten up to the next of them. Each
  /// fourth of a ring has a keyframe of its own.
  public static let marksPerRing = 16
}

/// The interrupted context as the kernel lays it on a partition's stack before an upcall; 24 words, 16-byte aligned.
///
/// The frame lies below the red zone: frame = (rsp − 128 − 192) & ~15. In the 16 bytes right below the red zone (never
/// part of what the frame's own words use) the kernel puts the interrupted flags and, above them, the instruction
/// pointer, so that user space returns with `mov 160(%rsp), %rsp; popfq; ret $128`: no kernel entry, and the red zone
/// stays as it was. (Not `iretq`: QEMU 7.2 reads its operands as the supervisor would, and SMAP refuses that in ring
/// 3.)
///
/// At the trampoline's entry: `rsp` = frame, `rdi` = vector, `rsi` = marks coalesced, `rdx` = registered handler (or
/// 0), `rcx` = the upcall's ordinal; DF, AC and TF clear; virtual interrupt flag 0.
///
/// An exception that is reflected finds the same frame with the three words of its cause, and at its own trampoline:
/// `rdi` = vector, `rsi` = error code, `rdx` = handler, `rcx` = fault address. The handler may change the frame: its
/// trampoline makes the two return words itself, from the frame's rip, rflags and rsp (the kernel does not: the words
/// may lie where the cause stands), and moves the frame to where it belongs below a changed rsp.
public enum UpcallFrame {
  /// Bytes of the frame: 24 words.
  public static let byteCount: UInt64 = 192
  // First rax rbx rcx rdx rsi rdi rbp r8 … r15, 8 bytes each.
  /// rip cs rflags rsp ss, 8 bytes each.
  public static let returnFrame: UInt64 = 120
  /// The stack pointer at which user space finds flags and instruction pointer: rsp − 144. The words behind it are
  /// spare.
  public static let returnStack: UInt64 = 160
  /// Exceptions only: the CPU's error code.
  public static let errorCode: UInt64 = 168
  /// Exceptions only: CR2 of a page fault, or 0.
  public static let faultAddress: UInt64 = 176
  /// Exceptions only: the vector, with bit 16 set if the virtual interrupt flag was on.
  public static let cause: UInt64 = 184
  /// That bit: the return switches the flag on again.
  public static let interruptsWereEnabled: UInt64 = 1 << 16
  /// How far below the interrupted stack pointer those two words lie.
  public static let returnWordsDepth: UInt64 = 144
  /// Bytes of the last instruction of the published tail: `ret $128` (C2 80 00).
  public static let returnInstructionBytes: UInt64 = 3
  /// Bytes of the last but one: `popfq` (9D).
  public static let flagsInstructionBytes: UInt64 = 1
}

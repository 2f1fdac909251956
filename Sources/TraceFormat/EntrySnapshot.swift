import APEXTypes

/// What the kernel finds at an entry from ring 3, recorded with the input that caused it.
///
/// The partition may change its shared page at any time without the kernel, so the core decides by this snapshot only,
/// and replay gives the core the same one. `addressSpace` and `resumeDelay` are observations that ride along: the core
/// never reads them.
public struct EntrySnapshot: Equatable, Sendable {
  /// What a snapshot says in a bit each; the `detail` of an input event.
  public struct Flags: BitFlags, BitwiseCopyable {
    /// The byte as the event has it.
    public var rawValue: UInt8
    /// The flags of a byte, whatever else it has.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// The virtual interrupt flag is on.
    @inlinable public static var interruptsEnabled: Flags { Flags(rawValue: 1) }
    /// The instruction pointer lies in the published tail of the user-space return: the unfinished frame is used again.
    @inlinable public static var inReturnTail: Flags { Flags(rawValue: 2) }
    /// A new frame below the stack pointer's red zone lies wholly in the partition's writable memory (in the tail: the
    /// frame in use does). Told where a delivery may follow: with the virtual interrupt flag on, not at entries that
    /// are dealt with at once; at exceptions always.
    @inlinable public static var frameFits: Flags { Flags(rawValue: 4) }
    /// Vectors 39 and 47: the controller had the line in service, so the interrupt is real.
    @inlinable public static var lineInService: Flags { Flags(rawValue: 8) }
    /// The line was pulsed by the test device and needs no acknowledgement.
    @inlinable public static var isPulse: Flags { Flags(rawValue: 16) }
    /// The handler of exceptions and errors, which the core takes to be at work, has come back since the core last knew
    /// of `SharedPage.exceptionsReturned`. Told where `frameFits` may be told, for an error may follow from there.
    @inlinable public static var isHandlerOver: Flags { Flags(rawValue: 32) }
  }
  /// Index of the partition interrupted; 0xFF for the idle loop, where the rest means nothing.
  public var partition: UInt8
  /// Of the partition interrupted, but for `lineInService` and `isPulse`, which are of the interrupt.
  public var flags: Flags
  /// Index of the partition whose page tables CR3 named at the entry; 0xFF for the kernel's own, 0xFE for none known.
  public var addressSpace: UInt8
  /// The partition's own counts, as the shared page had them.
  /// Flips (bits 32–63), upcalls entered (16–31), upcalls returned (0–15); word 0 of an input event.
  public var counterWord: UInt64
  /// How often the partition has changed its virtual interrupt flag, modulo 2³².
  @inlinable public var flips: UInt32 {
    get { UInt32(truncatingIfNeeded: counterWord &>> 32) }
    set { counterWord = counterWord & 0xFFFF_FFFF | UInt64(newValue) &<< 32 }
  }
  /// Upcalls that its trampoline has been entered for, modulo 2¹⁶.
  @inlinable public var upcallsEntered: UInt16 {
    get { UInt16(truncatingIfNeeded: counterWord &>> 16) }
    set { counterWord = counterWord & ~0xFFFF_0000 | UInt64(newValue) &<< 16 }
  }
  /// Upcalls whose context its user-space return has restored, modulo 2¹⁶.
  @inlinable public var upcallsReturned: UInt16 {
    get { UInt16(truncatingIfNeeded: counterWord) }
    set { counterWord = counterWord & ~0xFFFF | UInt64(newValue) }
  }
  /// From the preceding event to the instant at which the CPU went to ring 3 (or to the idle loop), in ns. Where that
  /// event is left out of the trace, whoever encodes it makes this count from the one before: the instant is the same.
  public var resumeDelay: UInt64

  /// By default of the idle loop, in the kernel's own address space.
  @inlinable public init(
    partition: UInt8 = 0xFF, flags: Flags = Flags(), addressSpace: UInt8 = 0xFF, flips: UInt32 = 0,
    upcallsEntered: UInt16 = 0, upcallsReturned: UInt16 = 0, resumeDelay: UInt64 = 0
  ) {
    self.partition = partition
    self.flags = flags
    self.addressSpace = addressSpace
    counterWord = UInt64(flips) &<< 32 | UInt64(upcallsEntered) &<< 16 | UInt64(upcallsReturned)
    self.resumeDelay = resumeDelay
  }

  /// The operand of an input event with this snapshot.
  @inlinable public func operand(_ what: UInt16) -> UInt32 { UInt32(what) | UInt32(addressSpace) &<< 16 }

  /// Reads the snapshot back from an input event.
  @inlinable public init(_ event: TraceEvent) {
    partition = event.partition
    flags = Flags(rawValue: event.detail)
    addressSpace = UInt8(truncatingIfNeeded: event.operand &>> 16)
    counterWord = event.words.w0
    resumeDelay = event.words.w1
  }
}

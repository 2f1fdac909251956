import ArchX86Assembly

/// The local APIC: its one-shot timer, and the wires of controllers and NMI through it. Source: AMD64 manual, volume 2,
/// 16.
public enum LocalTimer {
  /// The vector of the timer's interrupt; away from the lines' vectors.
  public static var vector: UInt8 { 0xE0 }
  private static let base: UInt64 = 0xFEE0_0000
  private static let maximumTicks: UInt64 = 0xFFFF_FFFF

  private static func write(_ offset: UInt64, _ value: UInt32) {
    partita_store32(PhysicalAddress(base &+ offset).pointer, value)
  }

  /// The page of device registers, to be mapped in the kernel's space.
  public static var registerPage: PhysicalAddress { PhysicalAddress(base) }

  /// Enables the local APIC, lets the 8259s' requests and NMI through, and makes the timer one-shot, not armed.
  public static func initialize() {
    partita_write_msr(0x1B, base | 0x800 | partita_read_msr(0x1B) & 0x100)
    write(0xF0, 0x1FF)  // enabled; spurious vector 0xFF
    write(0x350, 0x700)  // LINT0: the 8259s' requests
    write(0x360, 0x400)  // LINT1: NMI
    write(0x320, UInt32(vector))  // one-shot
    write(0x3E0, 0xB)  // divide by 1
  }

  /// Arms the timer for `nanoseconds` from now; under QEMU its clock runs at 1 GHz. The core asks for no greater delay
  /// than it can count (`ModuleLimits.longestTimer`); such a one would fire early. One that is over fires at once.
  ///
  /// - Parameter nanoseconds: the difference of two instants, which wraps around where the first is past.
  @inline(__always) public static func arm(nanoseconds: UInt64) {
    // One comparison for both ends; a count of 0 would stop it.
    write(0x380, nanoseconds &- 1 < maximumTicks ? UInt32(truncatingIfNeeded: nanoseconds) : clamped(nanoseconds))
  }

  @inline(never) private static func clamped(_ nanoseconds: UInt64) -> UInt32 {
    Int64(bitPattern: nanoseconds) <= 0 ? 1 : UInt32(truncatingIfNeeded: maximumTicks)
  }

  /// Ends the service of the timer's interrupt; lines are ended at their own controllers.
  public static func endInterrupt() { write(0xB0, 0) }
}

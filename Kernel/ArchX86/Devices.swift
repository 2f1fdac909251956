import APEXTypes

/// COM1 as the kernel uses it: console output, and the loop-back by which the test device makes bytes arrive.
public enum SerialConsole {
  private static let base: UInt16 = 0x3F8

  /// Sets COM1 up: 115,200 baud, 8 data bits, FIFOs on, no interrupts.
  public static func initialize() {
    Instruction.output(0x00, to: base + 1)  // no interrupts until an owner enables them
    Instruction.output(0x80, to: base + 3)
    Instruction.output(0x01, to: base + 0)  // 115,200 baud
    Instruction.output(0x00, to: base + 1)
    Instruction.output(0x03, to: base + 3)  // 8 data bits, no parity, 1 stop bit
    Instruction.output(0x07, to: base + 2)  // FIFOs on and empty, trigger at 1
    Instruction.output(0x0B, to: base + 4)  // DTR, RTS, OUT2
  }

  /// Takes COM1 back from a partition that its ports were given to, whatever that has set: what follows goes out.
  public static func takeBack() {
    Instruction.output(0x03, to: base + 3)  // data, and no divisor in their place
    Instruction.output(0x0B, to: base + 4)  // no loop-back
  }

  /// Bytes that the transmitter takes now without waiting: a whole FIFO or nothing.
  public static var room: UInt64 { Instruction.input(from: base + 5) & 0x20 != 0 ? 16 : 0 }

  /// Hands the transmitter a byte, without asking whether it has `room`.
  @inline(__always) public static func write(_ byte: UInt8) { Instruction.output(byte, to: base) }

  /// Prints a message of the kernel itself; for boot errors and broken invariants.
  public static func print(_ text: StaticString) {
    for index in 0..<text.utf8CodeUnitCount { write(text.utf8Start[index]) }
  }

  /// Prints all 16 digits, with nothing before them.
  public static func print(hexadecimal value: UInt64) {
    for shift in stride(from: UInt64(60), through: 0, by: -4) {
      let digit = UInt8(value &>> shift & 15)
      write(digit < 10 ? 48 + digit : 87 + digit)
    }
  }

  /// Makes a byte arrive at the receiver: what is sent in loop-back comes back, with its interrupt.
  public static func loopBack(_ byte: UInt8) {
    let control = Instruction.input(from: base + 4)
    Instruction.output(control | 0x10, to: base + 4)
    write(byte)
    Instruction.output(control, to: base + 4)
  }
}

/// The interval timer's first channel, line 0.
public enum IntervalTimer {
  /// Starts periodic interrupts. The rate is 1,193,182 Hz divided by a whole number up to 65,536.
  public static func start(hertz: UInt64) {
    guard hertz > 0 else { return }
    let divisor = min(max(1_193_182 / hertz, 2), 65536)
    Instruction.output(0x34, to: 0x43)  // channel 0, mode 2
    Instruction.output(UInt8(truncatingIfNeeded: divisor), to: 0x40)
    Instruction.output(UInt8(truncatingIfNeeded: divisor >> 8), to: 0x40)
  }
}

/// The real-time clock's periodic interrupt, line 8.
public enum RealTimeClock {
  /// Starts periodic interrupts at a power of two of 2 … 8192 Hz.
  public static func start(hertz: UInt64) {
    guard hertz > 0 else { return }
    let rate = UInt8(16 - hertz.trailingZeroBitCount)
    write(0x0A, 0x20 | rate)
    write(0x0B, read(0x0B) | 0x40)
    acknowledge()
  }

  /// Reads register C: until then the clock requests no further interrupt.
  @inline(__always) public static func acknowledge() { _ = read(0x0C) }

  @inline(__always) private static func read(_ register: UInt8) -> UInt8 {
    Instruction.output(register, to: 0x70)
    return Instruction.input(from: 0x71)
  }

  private static func write(_ register: UInt8, _ value: UInt8) {
    Instruction.output(register, to: 0x70)
    Instruction.output(value, to: 0x71)
  }
}

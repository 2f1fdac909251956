import PartitionKit

/// COM1's receiver, reached through the partition's port grant. The transmitter belongs to the kernel's console.
struct SerialLine {
  private static let receiver = IOPort(0x3F8)
  private static let interruptEnable = IOPort(0x3F9)
  private static let fifoControl = IOPort(0x3FA)
  private static let modemControl = IOPort(0x3FC)
  private static let lineStatus = IOPort(0x3FD)

  /// More bytes than the receiver's FIFO holds: a device that never runs empty must not hold an upcall for ever.
  private static let bytesPerUpcall = 64

  /// Lets each received byte raise line 4.
  static func enableReceiveInterrupts() {
    fifoControl.write(0x01)  // FIFOs on, receive trigger at one byte
    modemControl.write(0x0B)  // OUT2 lets the interrupt through; DTR and RTS as a terminal expects
    interruptEnable.write(0x01)  // data available
  }

  /// Hands all that has been received to `take`.
  static func readAll(_ take: (UInt8) -> Void) {
    for _ in 0..<bytesPerUpcall {
      guard lineStatus.read() & 1 != 0 else { return }
      take(receiver.read())
    }
  }
}

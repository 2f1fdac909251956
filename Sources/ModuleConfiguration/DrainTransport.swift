/// How the trace gets from the drainer to the host. The host chooses, by the value that the debug port reads as.
public enum DrainTransport: UInt8, Sendable {
  /// Blocks, byte by byte through the port. The value is what a debug port reads as unless told otherwise.
  case port = 0xE9
  /// The host reads the ring in the machine's memory; the port carries the strokes of a bell (`DrainBell`).
  case memory = 0x4D
}

/// The bell: one byte at the debug port for each stroke.
///
/// A stroke says that another chunk of the ring has records for the host; the drainer's page has where it ends
/// (`SharedPage.drainHistory`, at the stroke's number). The host takes a stroke only when it has copied the chunk of
/// the one before, and whoever writes to the port waits until the stroke before has been taken: between the two there
/// is room for one byte. So once stroke n is written, the chunk of stroke n − 2 is copied and may be overwritten. The
/// drainer reads nothing of the host's for that, and no instant of the module depends on the host.
public enum DrainBell {
  /// The low bits of the stroke's number.
  public static var numberMask: UInt8 { 0x7F }
  /// Set where what has been taken out shall be in the trace at once, in a block that may be small.
  public static var flush: UInt8 { 0x80 }
}

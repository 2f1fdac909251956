import APEXTypes
import ModuleConfiguration
import PartitionKit
import PartitionEntry

/// Measures services from the caller's side, for the benchmark: a thousand calls of each in a window of its own.
///
/// Leaves a note for each window: `kind << 32 | median`, `least << 32 | greatest`, in ticks of the time-stamp
/// counter, with both reads of the counter in them. A pair of reads that a window's end falls between does not count.
@main
struct Probe {
  /// What a note is about; its number is part of the note.
  enum Kind: UInt64 {
    case emptyPair = 0
    case null = 1
    case readTime = 2
    case samplingWriteAndRead = 3
    case queuingSendAndReceive = 4
  }

  static let callsPerWindow = 1_000

  static func main() {
    let output = try? SamplingPort(
      named: "PROBE_OUT", maximumMessageBytes: 64, direction: .source, refreshPeriod: Nanoseconds(1_000_000_000))
    let input = try? SamplingPort(
      named: "PROBE_IN", maximumMessageBytes: 64, direction: .destination, refreshPeriod: Nanoseconds(1_000_000_000))
    let sender = try? QueuingPort(
      named: "PROBE_SEND", maximumMessageBytes: 64, maximumMessageCount: 4, direction: .source)
    let receiver = try? QueuingPort(
      named: "PROBE_RECEIVE", maximumMessageBytes: 64, maximumMessageCount: 4, direction: .destination)
    var message: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
    Partition.enterNormalMode()
    Partition.yield()
    while true {
      measure(.emptyPair) {}
      measure(.null) { _ = partita_hypercall0(UInt64(HypercallNumber.null.rawValue)) }
      measure(.readTime) { _ = partita_hypercall0(UInt64(HypercallNumber.readTime.rawValue)) }
      if let output, let input {
        measure(.samplingWriteAndRead) {
          withUnsafeMutableBytes(of: &message) { bytes in
            try? output.writeSamplingMessage(UnsafeRawBufferPointer(bytes))
            _ = try? input.readSamplingMessage(into: bytes)
          }
        }
      }
      if let sender, let receiver {
        measure(.queuingSendAndReceive) {
          withUnsafeMutableBytes(of: &message) { bytes in
            try? sender.sendQueuingMessage(UnsafeRawBufferPointer(bytes))
            _ = try? receiver.receiveQueuingMessage(into: bytes)
          }
        }
      }
    }
  }

  /// Runs `call` many times within this window, leaves the note, and yields.
  @inline(__always) static func measure(_ kind: Kind, _ call: () -> Void) {
    var durations = Durations()
    for _ in 0..<callsPerWindow {
      let window = Partition.windowStart
      let before = partita_read_tsc()
      call()
      let after = partita_read_tsc()
      if Partition.windowStart == window { durations.add(after &- before) }
    }
    Partition.note(kind.rawValue << 32 | durations.median, durations.least << 32 | durations.greatest)
    Partition.yield()
  }
}

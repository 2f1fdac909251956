import APEXTypes
import ModuleConfiguration
import PartitionKit
import ProcessScheduling
import PartitionEntry

/// Measures services from the caller's side, for the benchmark: a thousand calls of each in a window of its own.
///
/// Leaves a note for each window, in the next one, for by then there is room in the trace ring again:
/// `kind << 32 | median`, `least << 32 | greatest`, in ticks of the time-stamp counter, with both reads of the counter
/// in them. A pair of reads that a window's end falls between does not count.
@main
struct Probe {
  /// What a note is about; its number is part of the note.
  enum Kind: UInt64 {
    case emptyPair = 0
    case null = 1
    case readTime = 2
    case samplingWriteAndRead = 3
    case queuingSendAndReceive = 4
    /// The clock, without the kernel.
    case clock = 5
    /// Interrupts masked and unmasked, without the kernel.
    case maskAndUnmask = 6
    /// From raising an event of one's own channel to the first instruction of its handler.
    case upcallEntry = 7
    /// From the last instruction of that handler to the raiser's next.
    case upcallReturn = 8
  }

  /// The probe's channel to itself, as the module configures it.
  static let channel = EventChannel(identifier: 1)
  /// Readings of the counter at the handler's begin and end. Unsafe: written by upcalls of the only flow, between two
  /// statements of it.
  nonisolated(unsafe) static var handlerBegan: UInt64 = 0
  nonisolated(unsafe) static var handlerEnded: UInt64 = 0
  /// Keeps the reading of the clock from being left out. Unsafe: of the only flow.
  nonisolated(unsafe) static var lastTime: UInt64 = 0

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
    let hasChannel =
      (try? channel.bind { vector, _ in
        Probe.handlerBegan = partita_read_tsc()
        VirtualInterrupts.acknowledge(vector: vector)
        Probe.handlerEnded = partita_read_tsc()
      }) != nil
    Partition.enterNormalMode()
    Partition.yield()
    while true {
      measure(.emptyPair) {}
      measure(.null) { _ = partita_hypercall0(UInt64(HypercallNumber.null.rawValue)) }
      measure(.readTime) { _ = partita_hypercall0(UInt64(HypercallNumber.readTime.rawValue)) }
      measure(.clock) { lastTime = Clock.now.nanoseconds }
      measure(.maskAndUnmask) {
        VirtualInterrupts.disable()
        VirtualInterrupts.enable()
      }
      VirtualInterrupts.disable()
      if hasChannel {
        measureUpcalls(.upcallEntry)
        measureUpcalls(.upcallReturn)
      }
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

  /// Raises an event to itself many times within this window, yields, and leaves a note of the way there or back.
  static func measureUpcalls(_ kind: Kind) {
    var durations = Durations()
    VirtualInterrupts.enable()
    for _ in 0..<callsPerWindow {
      let window = Partition.windowStart
      let before = partita_read_tsc()
      try? channel.raise()
      let after = partita_read_tsc()
      guard Partition.windowStart == window else { continue }
      durations.add(kind == .upcallEntry ? handlerBegan &- before : after &- handlerEnded)
    }
    VirtualInterrupts.disable()
    Partition.yield()
    leaveNote(kind, durations)
  }

  static func leaveNote(_ kind: Kind, _ durations: borrowing Durations) {
    Partition.note(kind.rawValue << 32 | durations.median, durations.least << 32 | durations.greatest)
  }

  /// Runs `call` many times within this window, yields, and leaves the note.
  @inline(__always) static func measure(_ kind: Kind, _ call: () -> Void) {
    var durations = Durations()
    for _ in 0..<callsPerWindow {
      let window = Partition.windowStart
      let before = partita_read_tsc()
      call()
      let after = partita_read_tsc()
      if Partition.windowStart == window { durations.add(after &- before) }
    }
    Partition.yield()
    leaveNote(kind, durations)
  }
}

import APEXTypes
import ModuleConfiguration
import PartitionKit
import SensorModel

/// Interrupts of the real-time clock, all that an upcall's marks stood for. Written by the upcall only.
private nonisolated(unsafe) var ticks: UInt32 = 0

/// Produces a sample in each of its windows, counts the real-time clock, and measures how exactly its windows begin.
@main
struct Sensors {
  static let realTimeClock = InterruptLine(8)
  static let refreshPeriod = Nanoseconds(40_000_000)

  static func main() {
    do {
      try VirtualInterrupts.register(line: realTimeClock) { vector, marks in
        ticks &+= UInt32(truncatingIfNeeded: marks)
        VirtualInterrupts.acknowledge(vector: vector)
      }
    } catch {
      Console.write("Sensors: the module does not grant line 8\n")
    }
    do {
      let port = try SamplingPort(
        named: "SENSOR_DATA", maximumMessageBytes: SensorSample.byteCount, direction: .source,
        refreshPeriod: refreshPeriod)
      run(port)
    } catch {
      Console.write("Sensors: no sampling port SENSOR_DATA of 64 bytes, source, refreshed each 0.04 s\n")
    }
  }

  static func run(_ port: SamplingPort) {
    var message: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0, 0)
    var sequence: UInt32 = 0
    var monitor = WindowStartMonitor()
    Partition.enterNormalMode()
    VirtualInterrupts.enable()
    while true {
      let sample = SensorSample(sequence: sequence, ticks: ticks, timeNanoseconds: Clock.now.nanoseconds)
      withUnsafeMutableBytes(of: &message) { bytes in
        sample.store(into: bytes)
        try? port.writeSamplingMessage(UnsafeRawBufferPointer(bytes))
      }
      sequence &+= 1

      // Masked, so that the window's first instruction is the one that reads the clock, not an upcall's.
      VirtualInterrupts.disable()
      let firstInstruction = Partition.yieldTimed()
      let windowStart = Partition.windowStart
      VirtualInterrupts.enable()
      monitor.add(firstInstruction: firstInstruction, windowStart: windowStart)
    }
  }
}

/// Collects how far windows begin from their nominal instants; leaves a note in the trace each second.
///
/// The note's words: the greatest distance in that second, in nanoseconds, and how many windows it was taken from.
struct WindowStartMonitor {
  private var second: UInt64 = 0
  private var greatest: UInt64 = 0
  private var count: UInt64 = 0

  mutating func add(firstInstruction: SystemTime, windowStart: SystemTime) {
    let now = windowStart.nanoseconds / 1_000_000_000
    if now != second {
      Partition.note(greatest, count)
      second = now
      greatest = 0
      count = 0
    }
    let late = firstInstruction - windowStart
    let early = windowStart - firstInstruction
    greatest = max(greatest, late.count, early.count)
    count += 1
  }
}

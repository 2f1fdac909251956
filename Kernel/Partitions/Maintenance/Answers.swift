import APEXTypes
import MaintenanceConsole
import ModuleConfiguration
import PartitionKit

/// What Maintenance says to each command.
struct Answers {
  /// What the partition itself has counted.
  struct Counts {
    var timerTicks: UInt64
    var serialMarks: UInt64
    var lostBytes: UInt64
  }

  /// Where Control's commands can be seen; nil where the module gives no such port.
  let actuators: SamplingPort?

  func answer(_ line: UnsafeRawBufferPointer, isOverlong: Bool, _ counts: Counts) {
    if isOverlong {
      Console.write("line too long; at most 80 characters\n")
      return
    }
    switch Command(parsing: line) {
    case .empty: break
    case .help: Console.write("commands: status, stats, echo TEXT, help\n")
    case .status: status()
    case .stats: statistics(counts)
    case .echo(let text): write(bytes: line[text], before: "", after: "\n")
    case .unknown(let word): write(bytes: line[word], before: "unknown command ", after: "; try help\n")
    }
  }

  private func status() {
    for index in 0..<(Partition.statistic(.partitionCount) ?? 0) {
      var line = TextLine()
      line.append("partition ")
      line.append(decimal: index)
      line.append(": ")
      line.append(Self.name(ofMode: Partition.statistic(.operatingMode, index)))
      line.append("\n")
      Console.write(line)
    }
    var line = TextLine()
    appendActuatorAge(to: &line)
    Console.write(line)
  }

  private static func name(ofMode mode: UInt64?) -> StaticString {
    switch mode.flatMap({ OperatingMode(rawValue: UInt8(truncatingIfNeeded: $0)) }) {
    case .idle: "IDLE"
    case .coldStart: "COLD_START"
    case .warmStart: "WARM_START"
    case .normal: "NORMAL"
    case nil: "not told"
    }
  }

  /// How old Control's latest command is, by the time in the message.
  private func appendActuatorAge(to line: inout TextLine) {
    var message: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    let reading = withUnsafeMutableBytes(of: &message) { try? actuators?.readSamplingMessage(into: $0) }
    guard let reading, reading.byteCount == 32 else {
      line.append("actuator message: none\n")
      return
    }
    line.append("actuator message: step ")
    line.append(decimal: message.0 & 0xFFFF_FFFF)
    line.append(", ")
    line.append(decimal: (Clock.now - SystemTime(nanoseconds: message.1)).count / 1_000)
    line.append(reading.isValid ? " us old, valid\n" : " us old, invalid\n")
  }

  private func statistics(_ counts: Counts) {
    write("major frames ", Partition.statistic(.majorFrames))
    write("kernel ticks ", Partition.statistic(.kernelTicks))
    write("spurious interrupts ", Partition.statistic(.spuriousInterrupts))
    write("marks ", Partition.statistic(.marks))
    write("timer ticks here ", counts.timerTicks)
    write("serial marks ", counts.serialMarks)
    write("typed bytes lost ", counts.lostBytes)
  }

  private func write(_ name: StaticString, _ number: UInt64?) {
    var line = TextLine()
    line.append(name)
    if let number { line.append(decimal: number) } else { line.append("not told") }
    line.append("\n")
    Console.write(line)
  }

  private func write(bytes: UnsafeRawBufferPointer.SubSequence, before: StaticString, after: StaticString) {
    var line = TextLine()
    line.append(before)
    for byte in bytes { line.append(byte) }
    line.append(after)
    Console.write(line)
  }
}

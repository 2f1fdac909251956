import APEXTypes
import MaintenanceConsole
import ModuleConfiguration
import PartitionKit

// What the upcalls write; the main loop masks them while it looks.
private nonisolated(unsafe) var typed = ByteQueue()
private nonisolated(unsafe) var timerTicks: UInt64 = 0
private nonisolated(unsafe) var serialMarks: UInt64 = 0

/// Answers commands typed on COM1 and counts the interval timer, whose line it shares with the kernel.
@main
struct Maintenance {
  static func main() {
    do {
      try VirtualInterrupts.register(line: .intervalTimer) { vector, marks in
        timerTicks &+= marks
        VirtualInterrupts.acknowledge(vector: vector)
      }
    } catch {
      Console.write("Maintenance: the module does not grant line 0\n")
    }
    do {
      try VirtualInterrupts.register(line: InterruptLine(4)) { vector, marks in
        serialMarks &+= marks
        SerialLine.readAll { byte in typed.append(byte) }
        VirtualInterrupts.acknowledge(vector: vector)
      }
      SerialLine.enableReceiveInterrupts()
    } catch {
      Console.write("Maintenance: the module does not grant line 4\n")
    }
    let actuators = try? SamplingPort(
      named: "ACTUATOR_DATA", maximumMessageBytes: 32, direction: .destination,
      refreshPeriod: Nanoseconds(40_000_000))
    run(Answers(actuators: actuators))
  }

  static func run(_ answers: Answers) {
    var editor = LineEditor()
    Partition.enterNormalMode()
    VirtualInterrupts.enable()
    while true {
      while readLine(into: &editor) {
        let counts = currentCounts()
        editor.withBytes { line in answers.answer(line, isOverlong: editor.isOverlong, counts) }
      }
      Partition.yield()
    }
  }

  /// Feeds what was typed to the editor until a line is finished; false where nothing is left and none was.
  static func readLine(into editor: inout LineEditor) -> Bool {
    VirtualInterrupts.disable()
    defer { VirtualInterrupts.enable() }
    while let byte = typed.popFirst() {
      if editor.feed(byte) { return true }
    }
    return false
  }

  static func currentCounts() -> Answers.Counts {
    VirtualInterrupts.disable()
    defer { VirtualInterrupts.enable() }
    return Answers.Counts(timerTicks: timerTicks, serialMarks: serialMarks, lostBytes: typed.lostCount)
  }
}

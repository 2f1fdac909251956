// The partition Nav: one process, every 20 ms.
import APEXTypes
import PartitionKit
import ProcessScheduling

@main
struct Nav {
  static func main() {
    do throws(ReturnCode) {
      let navigate = try Process(
        named: "navigate", period: .milliseconds(20), timeCapacity: .milliseconds(5), priority: 20, stackBytes: 16384,
        deadline: .hard
      ) {
        var job: UInt64 = 0
        while true {
          // Read ports, compute, write ports: 5 ms after the release it is late, and the health monitor is told.
          if job % 50 == 0 { Nav.report(job) }
          job += 1
          try? Process.periodicWait()
        }
      }
      try navigate.start()
    } catch { Console.write("Nav: no process\r\n") }
    // Does not come back: from here on the processes run.
    Process.run()
  }

  private static func report(_ job: UInt64) {
    var line = TextLine()
    line.append("Nav: job ")
    line.append(decimal: job)
    line.append("\r\n")
    Console.write(line)
  }
}

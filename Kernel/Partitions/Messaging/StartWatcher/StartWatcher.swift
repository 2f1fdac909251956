import APEXTypes
import PartitionKit

/// Measures with its own first instructions how far its windows begin from their instants; leaves a note each fifty
/// windows: the greatest distance so far in nanoseconds, and how many windows it was taken from.
@main
struct StartWatcher {
  static func main() {
    Partition.enterNormalMode()
    var greatest: UInt64 = 0
    var count: UInt64 = 0
    while true {
      let firstInstruction = Partition.yieldTimed()
      let start = Partition.windowStart
      greatest = max(greatest, (firstInstruction - start).count, (start - firstInstruction).count)
      count &+= 1
      if count % 50 == 0 { Partition.note(greatest, count) }
    }
  }
}

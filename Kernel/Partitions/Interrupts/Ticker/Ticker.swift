import APEXTypes
import PartitionKit

/// Lives by its virtual timer: ticks each 0.7 ms, most of them while it has no window. What becomes of those is the
/// module's `MissedTickPolicy` for it; each upcall leaves a note of the ticks that it stands for.
@main
struct Ticker {
  static let channel = EventChannel(identifier: 1)

  static func main() {
    do {
      try VirtualInterrupts.register(.timer) { vector, ticks in
        Partition.note(ticks, Clock.now.nanoseconds)
        VirtualInterrupts.acknowledge(vector: vector)
      }
      try VirtualTimer.start(first: Clock.now + Nanoseconds(100_000), period: Nanoseconds(700_000))
    } catch {
      Console.write("Ticker: no timer\n")
    }
    Partition.enterNormalMode()
    VirtualInterrupts.enable()
    while true {
      // The channel's source is one of those who run this image; the others are told so.
      try? channel.raise()
      let end = Partition.windowStart + Nanoseconds(1_600_000)
      while Clock.now < end { continue }
      Partition.yield()
    }
  }
}

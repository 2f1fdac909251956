import PartitionKit

/// A greedy background partition: integer work for ever, never a yield. What it does not get, it cannot take.
@main
struct Loader {
  static func main() {
    Partition.enterNormalMode()
    var state = Partition.identifier | 1
    while true {
      // An xorshift generator: each step depends on the one before, so that no compiler can shorten it.
      for _ in 0..<1_000_000 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
      }
      if state == 0 { Partition.note(0, 0) }
    }
  }
}

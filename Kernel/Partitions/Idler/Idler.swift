import PartitionKit

/// A partition that wants nothing: it gives every window back at once. What another partition in its place takes from
/// the others shows in comparison with it.
@main
struct Idler {
  static func main() {
    Partition.enterNormalMode()
    while true { Partition.yield() }
  }
}

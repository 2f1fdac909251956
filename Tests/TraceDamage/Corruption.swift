import TestSeeds
import TraceFormat

/// One way to damage a trace, chosen by a seed: the same seed and trace give the same bytes.
public struct Corruption {
  /// What was done, for a failure's message.
  public private(set) var description = ""
  private var generator: SeededGenerator

  /// Each call of `apply` goes on with the seed's numbers, so that it does other damage.
  public init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  /// The damaged bytes; by chance they may be the original's (a block swapped with itself).
  ///
  /// Half of the damages have what can be computed made right again: checksums, and where blocks were moved also their
  /// numbers, event indices and chain.
  public mutating func apply(to trace: BlockSurgery) -> [UInt8] {
    var surgery = trace
    let index = Int.random(in: 0..<surgery.blocks.count, using: &generator)
    let other = Int.random(in: 0..<surgery.blocks.count, using: &generator)
    let isRepaired = Bool.random(using: &generator)
    let kind = Int.random(in: 0..<7, using: &generator)
    description =
      ["one bit", "six bits", "block cut", "block doubled", "block dropped", "blocks swapped", "file cut"][kind]
      + ", block \(index), other \(other), repaired \(isRepaired)"
    switch kind {
    case 0, 1:
      for _ in 0...(kind * 5) { flipBit(&surgery.blocks[index]) }
      if isRepaired { surgery.repairChecksum(index) }
      return surgery.bytes
    case 2:
      let length = Int.random(in: 0..<surgery.blocks[index].count, using: &generator)
      surgery.blocks[index] = Array(surgery.blocks[index].prefix(length))
      if isRepaired { surgery.repairChecksum(index) }
      return surgery.bytes
    case 3: surgery.blocks.insert(surgery.blocks[index], at: other)
    case 4: surgery.blocks.remove(at: index)
    case 5: surgery.blocks.swapAt(index, other)
    default:
      let bytes = surgery.bytes
      return Array(bytes.prefix(Int.random(in: 0..<bytes.count, using: &generator)))
    }
    if isRepaired { surgery.renumber() }
    return surgery.bytes
  }

  private mutating func flipBit(_ block: inout [UInt8]) {
    block[Int.random(in: 0..<block.count, using: &generator)] ^= 1 << UInt8.random(in: 0...7, using: &generator)
  }
}

import PartitionCore
import SimulatedModule
import TraceDamage
import TraceFormat
import TraceReading

/// Traces in which everything happens, by the true core in a random world.
public enum WorldTraces {
  /// A whole trace with its end: of the world until `end` in ns or until so many inputs, whichever comes first.
  public static func file(seed: UInt64, inputs: Int = 1500, until end: UInt64 = 200_000_000) throws -> [UInt8] {
    let module = try SimulatedModule(.standard)
    var events = RecordedWorld<OwnersMarked>(module, seed: seed).run(until: end, inputs: inputs)
    if let last = events.last, last.kind != EventKind.end.rawValue {
      events.append(TraceEvent(time: last.time, .end, words: .init(UInt64(events.count))))
    }
    var writer = TraceWriter(moduleTable: Array(module.table.bytes), eventsPerBlock: 200)
    for event in events { writer.append(event) }
    return writer.finish()
  }

  /// A trace with a block missing in the middle, and cut off: of this seed or the next whose world lasts long enough.
  public static func damagedFile(seed: UInt64) throws -> [UInt8] {
    var surgery = BlockSurgery(try file(seed: seed))
    var next = seed
    while surgery.blocks.count <= 6 {
      next &+= 1
      precondition(next &- seed < 100)
      surgery = BlockSurgery(try file(seed: next))
    }
    surgery.blocks.remove(at: 3)
    surgery.blocks.removeLast(2)
    return surgery.bytes
  }
}

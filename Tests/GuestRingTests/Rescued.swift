import GuestRing
import TemporaryFolder
import TraceFormat
import TraceReading

/// A rescue from bytes, and what its trace has.
enum Rescued {
  /// The rescue from a machine's memory, and the bytes of its trace.
  ///
  /// - Parameter trace: the one that was cut off, which goes on with what the ring has.
  static func trace(
    from memory: [UInt8], continuing trace: [UInt8]? = nil
  ) throws -> (rescue: TraceRescue, bytes: [UInt8]) {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let cut = try trace.map { try folder.write($0, to: "cut") }
    let rescue = try TraceRescue(GuestMemory(ramFile: folder.write(memory, to: "ram")), continuing: cut)
    var bytes: [UInt8] = []
    try rescue.write { bytes += $0 }
    return (rescue, bytes)
  }

  /// The events of a trace, the number of the first one, and the trace's condition.
  static func read(_ bytes: [UInt8]) throws -> (events: [TraceEvent], first: UInt64, condition: TraceCondition) {
    let (items, condition) = try items(of: bytes)
    return (items.map(\.event), items.first?.position ?? 0, condition)
  }

  /// The events of a trace with their numbers, and its condition.
  static func items(
    of bytes: [UInt8]
  ) throws -> (items: [(position: UInt64, event: TraceEvent)], condition: TraceCondition) {
    let reader = try TraceReader(bytes: bytes)
    defer { withExtendedLifetime(reader) {} }
    var items: [(position: UInt64, event: TraceEvent)] = []
    while let item = reader.next() {
      if case .event(let position, let event) = item { items.append((position, event)) }
    }
    return (items, reader.condition)
  }
}

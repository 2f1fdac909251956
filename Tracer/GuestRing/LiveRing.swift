import Foundation
import ModuleConfiguration
import TraceFormat
import TraceReading

/// Takes a module's events out of its ring while it runs, and writes them as a trace.
///
/// The drainer rings (`DrainBell`); `take` copies the records and returns, and another thread encodes them. Where a
/// block ends depends on the events and on the drainer's strokes alone, never on the host, so that two captures are the
/// same bytes.
public final class LiveRing {
  private let memory: GuestMemory
  private let beacon: RingBeacon
  private let writer: ChunkEncoder
  private let pool = WorkerPool(threads: 1)
  /// Chunks that may wait for the encoder.
  private static let chunksAhead = 4
  private let room = DispatchSemaphore(value: LiveRing.chunksAhead)
  private var strokes: UInt64 = 0
  /// Words of the ring taken so far.
  private var end: UInt64 = 0

  /// Finds the ring and writes the trace's first block.
  ///
  /// - Parameters:
  ///   - memory: of a machine whose drainer has rung.
  ///   - write: gets the trace, piece by piece, on a thread of its own; false where it cannot be written.
  public init(_ memory: GuestMemory, write: @escaping @Sendable (UnsafeRawBufferPointer) -> Bool) throws(RescueError) {
    self.memory = memory
    beacon = try RingSnapshot.find(in: memory, nil)
    let table = try RingSnapshot.readTable(memory, beacon)
    writer = ChunkEncoder(eventsPerBlock: table.eventsPerBlock, write: write)
    writer.begin(table.bytes)
  }

  /// Copies the chunk that a stroke tells of; the drainer may reuse its place when this returns.
  ///
  /// - Throws: also what has gone wrong with a chunk before: what is not written yet is lost then.
  public func take(_ stroke: UInt8) throws(RescueError) {
    if let failure = writer.failure { throw failure }
    strokes += 1
    let slot = UInt64(SharedPage.drainHistory) + strokes % UInt64(SharedPage.drainHistoryCount) * 16
    guard UInt8(truncatingIfNeeded: strokes) & DrainBell.numberMask == stroke & DrainBell.numberMask,
      let position = memory.word(beacon.drainerPage + slot)
    else { throw .ringDamaged(reason: "a stroke of the drainer's bell is missing") }
    let words = try copy(to: position)
    guard !words.isEmpty else { return }
    let isFlush = stroke & DrainBell.flush != 0
    room.wait()
    pool.perform { [writer, room] in
      writer.append(words, isFlush: isFlush)
      room.signal()
    }
  }

  /// Takes what the ring has beyond the last chunk, of a machine that has stopped, and completes the trace.
  ///
  /// - Throws: what has gone wrong with the last chunks, or with what the ring has beyond them.
  public func finish() throws(RescueError) {
    var ring: RingSnapshot?
    var rest: [UInt64] = []
    var defect: RescueError?
    do throws(RescueError) {
      let snapshot = try RingSnapshot(memory, at: beacon.page)
      ring = snapshot
      if snapshot.published.position > end {
        let contents = try RingContents(of: snapshot, from: end, events: nil, notBefore: 0)
        guard !contents.isSpoilt else {
          throw .ringDamaged(reason: "what it has beyond the drainer's last stroke are no records")
        }
        rest = contents.stretches.first?.words ?? []
        end += UInt64(rest.count)
      }
    } catch {
      // What was copied before is good all the same.
      defect = error
    }
    // All chunks are encoded when all their room is free again.
    for _ in 0..<Self.chunksAhead { room.wait() }
    writer.append(rest, isFlush: true)
    let hasEnded = memory.word(beacon.page + UInt64(RingControl.ended)).map { $0 != 0 } ?? false
    if hasEnded, ring?.published.position == end { writer.seal() }
    for _ in 0..<Self.chunksAhead { room.signal() }
    if let failure = writer.failure ?? defect { throw failure }
  }

  private func copy(to position: UInt64) throws(RescueError) -> [UInt64] {
    let capacity = beacon.ringBytes / 8
    guard position >= end, position - end <= capacity else {
      throw .ringDamaged(reason: "the drainer's bell tells of records that cannot be")
    }
    let first = end & (capacity - 1)
    let count = position - end
    let beforeWrap = min(count, capacity - first)
    var words = [UInt64](repeating: 0, count: Int(count))
    let isRead = words.withUnsafeMutableBytes { bytes in
      memory.read(beacon.ring + first * 8, into: .init(rebasing: bytes[..<Int(beforeWrap * 8)]))
        && memory.read(beacon.ring, into: .init(rebasing: bytes[Int(beforeWrap * 8)...]))
    }
    guard isRead else { throw .unreadable(path: memory.path, reason: "the ring is not in it") }
    end = position
    return words
  }
}

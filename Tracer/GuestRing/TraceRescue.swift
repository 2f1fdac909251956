import Foundation
import ModuleConfiguration
import TraceFormat

/// A trace from the ring of a machine that has crashed, hangs, or was stopped.
///
/// Alone it holds what the ring still has, from the oldest boundary of records that is certain: what came before shows
/// as blocks that are missing. Or it continues a trace that the capture had to leave cut off: the last whole block in
/// the file tells how many words of the ring are in it, and so where to go on, without a gap and without an event
/// twice. Records that something else has overwritten are left out, and what follows them is found again: the trace
/// shows a gap there.
public struct TraceRescue {
  /// Events that come from the ring: without those of a trace continued.
  public let eventCount: Int
  /// Number of the first event that comes from the ring.
  public let firstEvent: UInt64
  /// Events of the trace continued.
  public let continuedEvents: UInt64?
  /// Whether the trace has its end event, and so is whole if its beginning is there.
  public let isEnded: Bool
  /// Events that the ring had, and that something else than the kernel has overwritten: they are left out.
  public let spoilt: [SpoiltRecords]
  /// Whether the ring, or what is said of it, is not as kernel and drainer leave it: something else wrote to memory.
  public let isSpoilt: Bool
  /// Whether the ring is a flight recorder's, whose first events are no loss.
  public var isFlightRecorder: Bool { ring.isFlightRecorder }
  /// What the user should know besides.
  public let remarks: [String]
  private let contents: RingContents
  private let ring: RingSnapshot
  private let cut: CutTrace?
  private let standing: BlockEncoder.Standing
  private let isInterrupted: () -> Bool

  /// Events that are missing before the first one from the ring.
  public var missingEvents: UInt64 { firstEvent - (continuedEvents ?? 0) }
  /// Number behind that of the last event from the ring.
  public var endEvent: UInt64 { contents.stretches.last.map { $0.firstEvent + UInt64($0.eventCount) } ?? firstEvent }

  /// - Parameters:
  ///   - address: of the ring's control page; nil to search for it.
  ///   - path: a trace to continue; nil for what the ring has alone.
  ///   - isInterrupted: asked now and then, while the trace is written too; once true, it stays so.
  /// - Throws: `interrupted` where that was true.
  public init(
    _ memory: GuestMemory, at address: UInt64? = nil, continuing path: String? = nil,
    isInterrupted: @escaping () -> Bool = { false }
  ) throws(RescueError) {
    self.isInterrupted = isInterrupted
    ring = try RingSnapshot(memory, at: address, isInterrupted: isInterrupted)
    var remarks: [String] = []
    if let path {
      cut = try CutTrace.read(path, isInterrupted)
      if cut == nil { remarks.append("\(path) has no whole block of events") }
    } else {
      cut = nil
    }
    if let cut, let joined = try Self.join(cut, ring, isInterrupted) {
      contents = joined
      if joined.eventCount == 0 { remarks.append("the ring has nothing beyond the trace continued") }
    } else {
      contents = try RingContents(allOf: ring, isInterrupted: isInterrupted)
        .thinned(by: ring.leftOut, leftOutBefore: 0)
    }
    if let cut, let first = contents.stretches.first, first.firstEvent < cut.standing.eventCount {
      throw .ringDamaged(reason: "it counts fewer events than the trace to be continued has")
    }
    continuedEvents = cut?.standing.eventCount
    eventCount = contents.eventCount
    firstEvent = contents.stretches.first?.firstEvent ?? continuedEvents ?? 0
    standing = Self.standing(contents, behind: cut, firstEvent)
    // Where the ring has nothing beyond the trace, that has the end; its seal follows from what is there.
    let isCutBehindEnd = cut?.isEnded == true && contents.stretches.isEmpty && contents.spoilt.isEmpty
    isEnded = contents.isEnded || isCutBehindEnd
    (spoilt, isSpoilt) = (contents.spoilt, contents.isSpoilt)
    self.remarks = remarks + contents.remarks
  }

  /// Where the trace stands before the first event from the ring.
  private static func standing(
    _ contents: RingContents, behind cut: CutTrace?, _ firstEvent: UInt64
  ) -> BlockEncoder.Standing {
    // Where nothing is missing the block before is the trace's last, or the module table's.
    if let cut, cut.standing.eventCount == firstEvent {
      var standing = cut.standing
      standing.leftOutCount = contents.leftOutBefore
      return standing
    }
    let isWhole = firstEvent == 0 && cut == nil
    let first = max(contents.block, cut?.standing.sequence ?? 1) &+ 1
    return BlockEncoder.Standing(
      sequence: isWhole ? 1 : first, chain: 0, eventCount: firstEvent,
      eventsLost: contents.stretches.first?.lostBefore ?? 0, lastTime: cut?.standing.lastTime ?? 0)
  }

  /// What the ring has beyond a cut trace; nil where what would follow at once is overwritten.
  private static func join(
    _ cut: CutTrace, _ ring: RingSnapshot, _ isInterrupted: @escaping () -> Bool
  ) throws(RescueError) -> RingContents? {
    func other(_ reason: String) -> RescueError { .otherRun(path: cut.path, reason: reason) }
    guard cut.tableChecksum == ring.tableChecksum else { throw other("the module is another") }
    guard cut.kernelIdentity == ring.beacon.kernelIdentity else { throw other("the kernel is another build") }
    // A trace that was rescued from this memory before has what was not published, too.
    guard cut.wordCount <= ring.end else { throw other("it has more events than the ring has seen") }
    guard cut.leftOut.isEmpty else { return try joinThinned(cut, ring, isInterrupted) }
    // Runs of one module may be alike for long, and yet one was asked to stop earlier.
    guard ring.firstIntact > 0 || zip(cut.firstWords, 0 as UInt64..<ring.end).allSatisfy({ ring[$1] == $0 }) else {
      throw other("its first events are not those in the ring")
    }
    let overlap = min(UInt64(cut.lastWords.count), cut.wordCount - min(ring.firstIntact, cut.wordCount))
    let last = cut.lastWords.suffix(Int(overlap))
    guard zip(last, (cut.wordCount - overlap)..<cut.wordCount).allSatisfy({ ring[$1] == $0 }) else {
      throw other("its last events are not those in the ring")
    }
    guard cut.wordCount >= ring.firstIntact || cut.wordCount >= (ring.drained.last?.position ?? .max) else {
      return nil
    }
    let count = cut.standing.eventCount
    let contents = try RingContents(
      of: ring, from: cut.wordCount, events: count, notBefore: cut.standing.lastTime, isInterrupted: isInterrupted)
    let isSpoiltAtOnce = contents.spoilt.first?.firstEvent == count
    // Spoilt, or another run's: only events that both have tell.
    guard overlap > 0 || !isSpoiltAtOnce else { throw other("what the ring has after its last event are no records") }
    guard isSpoiltAtOnce || contents.stretches.isEmpty || contents.firstEvent == count else {
      throw other("the ring counts \(contents.firstEvent) events where it ends, and it has \(count)")
    }
    return contents
  }

  /// The same for a trace out of which kinds of events are left.
  private static func joinThinned(
    _ cut: CutTrace, _ ring: RingSnapshot, _ isInterrupted: @escaping () -> Bool
  ) throws(RescueError) -> RingContents? {
    guard let place = try CutPlace(of: cut, in: ring) else { return nil }
    let contents = try RingContents(
      of: ring, from: place.wordCount, events: place.recordCount, notBefore: cut.standing.lastTime,
      isInterrupted: isInterrupted)
    let isSpoiltAtOnce = contents.spoilt.first?.firstEvent == place.recordCount
    guard isSpoiltAtOnce || contents.stretches.isEmpty || contents.firstEvent == place.recordCount else {
      throw .otherRun(
        path: cut.path, reason: "the ring counts \(contents.firstEvent) events where \(place.recordCount) were counted")
    }
    return contents.thinned(by: cut.leftOut, leftOutBefore: place.recordCount - cut.standing.eventCount)
  }

  /// Writes the trace.
  ///
  /// - Parameter write: gets its bytes, one piece after the other.
  /// - Throws: where the trace to continue cannot be read any more; `interrupted`.
  public func write(_ write: (UnsafeRawBufferPointer) -> Void) throws(RescueError) {
    let limit = ring.eventsPerBlock
    let scratch = UnsafeMutableRawBufferPointer.allocate(
      byteCount: BlockEncoder.scratchBytes(maximumEvents: limit), alignment: 8)
    let output = UnsafeMutableRawBufferPointer.allocate(
      byteCount: BlockEncoder.outputBytes(maximumEvents: limit), alignment: 8)
    defer {
      scratch.deallocate()
      output.deallocate()
    }
    var encoder = BlockEncoder(scratch: scratch, maximumEvents: limit)
    ring.tableBytes.withUnsafeBytes { encoder.write(as: $0) }
    func put(_ count: Int) { write(UnsafeRawBufferPointer(rebasing: output[..<count])) }
    if let cut {
      try copy(cut, write)
    } else {
      ring.tableBytes.withUnsafeBytes {
        let block = encoder.encodeModuleTable($0, into: output)
        put(block.byteCount)
        if block.payloadFollows { write($0) }
      }
    }
    // Where nothing is missing the module table's block is the one before.
    if cut != nil || standing.sequence > 1 { encoder.resume(at: standing) }
    for (index, stretch) in contents.stretches.enumerated() {
      // A block's number is left out where records are spoilt: readers know that something is missing there.
      if index > 0 {
        encoder.resume(
          at: .init(
            sequence: encoder.sequence + 1, chain: 0, eventCount: stretch.firstEvent, eventsLost: stretch.lostBefore,
            lastTime: 0, leftOutCount: encoder.leftOutCount))
      }
      stretch.words.withUnsafeBufferPointer { words in
        var rest = words[...]
        while !rest.isEmpty, !isInterrupted() {
          let progress = encoder.encodeEvents(UnsafeBufferPointer(rebasing: rest), limit: limit, into: output)
          guard progress.wordCount > 0 else { break }
          if progress.byteCount > 0 { put(progress.byteCount) }
          rest = rest.dropFirst(progress.wordCount)
        }
      }
      if isInterrupted() { throw .interrupted }
    }
    if isEnded { put(encoder.encodeSeal(into: output)) }
  }

  /// Copies the blocks of the trace that is continued, byte for byte.
  private func copy(_ cut: CutTrace, _ write: (UnsafeRawBufferPointer) -> Void) throws(RescueError) {
    do {
      let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: cut.path))
      var left = Int(cut.byteCount)
      while left > 0, !isInterrupted(), let bytes = try file.read(upToCount: min(left, 1 << 20)), !bytes.isEmpty {
        bytes.withUnsafeBytes { write($0) }
        left -= bytes.count
      }
      if left == 0 { return }
    } catch {
      throw .unreadable(path: cut.path, reason: error.localizedDescription)
    }
    if isInterrupted() { throw .interrupted }
    throw .unreadable(path: cut.path, reason: "it has become shorter")
  }
}

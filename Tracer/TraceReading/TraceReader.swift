import Foundation
import ModuleConfiguration
import TraceFormat

/// Reads a trace from its first block to its last, in memory that does not follow the trace's length.
///
/// The reader checks all that can be checked without knowing what the events mean: checksums, order, the chain of
/// blocks, event indices, loss, times, and the totals of the end event. Whatever it finds it keeps in `condition`,
/// delivers a gap where events are missing, and goes on with the next valid block. It never crashes on hostile
/// bytes: lengths are bounded by `TraceLimits`, and so is the search for a valid block after damage.
public final class TraceReader {
  /// So many defects are kept; further ones are counted only.
  public static let maximumDefectCount = 256
  /// Bytes that the searches after damage may check in all before the reader gives up.
  private static let searchLimit = 1 << 28

  /// The module table that the trace carries, kept alive by this object.
  public let carriedTable: CarriedModuleTable
  /// A view into `carriedTable`: valid as long as that object, or this one, is alive.
  public var moduleTable: ModuleTable { carriedTable.table }
  /// Known after `next` or `nextBatch` has returned nil.
  public private(set) var condition = TraceCondition.unread
  /// Defects so far, those beyond `maximumDefectCount` too.
  public private(set) var defectCount = 0
  /// Sizes of what was read so far.
  public private(set) var statistics = TraceSizes()
  let source: ByteSource
  /// Which file is read, and in which state it is now.
  public var file: TraceFileIdentity { source.identity }
  /// The columns of the block that is being delivered: the reader's own, or those of `found`.
  private var columns = EventColumns()
  /// Its events, once `next` has come to the first of them.
  private var view: EventView?
  private var ownColumns: EventColumns
  /// The block that `nextColumns` has just delivered, where other threads have decoded it.
  var found: BlockLookahead.Found?
  var lookahead: BlockLookahead?
  var ledger: TraceLedger
  private var defects: [TraceDefect] = []
  private var events: [TraceEvent] = []
  private var nextEvent = 0
  private var pendingGap: TraceGap?
  private var hasPendingEvents = false
  private var searchWork = 0

  /// - Parameter path: a file, or "-" for standard input.
  public convenience init(path: String) throws(TraceOpenError) {
    try self.init(source: try ByteSource(path: path))
  }

  /// Reads a trace in memory.
  public convenience init(bytes: [UInt8]) throws(TraceOpenError) {
    try self.init(source: ByteSource(bytes: bytes))
  }

  private init(source: ByteSource) throws(TraceOpenError) {
    self.source = source
    ownColumns = columns
    var work = 0
    let first = BlockProbe(source, work: &work)
    if let code = source.failure { throw .cannotRead(code: code) }  // Nothing was cut off then.
    switch first {
    case .end, .incomplete: throw .cutInModuleTable(atByte: UInt64(source.available))
    case .unsupportedVersion(let version): throw .unsupportedVersion(version)
    case .damaged(.foreignBytes): throw .notATrace
    case .damaged(let kind): throw .moduleTableDamaged("\(TraceDefect(kind: kind, byteOffset: 0))")
    case .block(let header):
      guard header.type == BlockType.moduleTable.rawValue else {
        throw .moduleTableDamaged("the block is of type \(header.type), not a module table")
      }
      guard header.sequence == 0, header.chain == BlockHeader.chainStart, header.firstEventIndex == 0,
        header.eventsLostBefore == 0, header.baseTime == 0
      else { throw .moduleTableDamaged("its header is not that of a trace's first block") }
      carriedTable = try Self.readTable(source, header)
      ledger = TraceLedger(first: header, of: carriedTable.table)
      statistics.count(header)
      source.advance(BlockHeader.byteCount + Int(header.storedByteCount))
    }
  }

  private static func readTable(
    _ source: ByteSource, _ header: BlockHeader
  ) throws(TraceOpenError) -> CarriedModuleTable {
    let length = BlockHeader.byteCount + Int(header.storedByteCount)
    let raw = source.withBytes(length) { Self.rawPayload($0, header) }
    guard let raw else { throw .moduleTableDamaged(PayloadDefect.notDecompressible.rawValue) }
    let result: Result<CarriedModuleTable, TraceOpenError> = raw.withUnsafeBytes { bytes in
      do throws(TraceOpenError) { return .success(try CarriedModuleTable(copying: bytes)) } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }

  private static func rawPayload(_ block: UnsafeRawBufferPointer, _ header: BlockHeader) -> [UInt8]? {
    let stored = UnsafeRawBufferPointer(rebasing: block[BlockHeader.byteCount...])
    guard header.compression == BlockCompression.lz4.rawValue else { return [UInt8](stored) }
    return LZ4Block.decode(stored, count: Int(header.rawByteCount))
  }

  // MARK: Reading

  /// The next event or gap; nil at the end, when `condition` is known.
  public func next() -> TraceItem? {
    while true {
      if let gap = takeGap() { return .gap(gap) }
      if hasPendingEvents, nextEvent < columns.eventCount {
        if nextEvent == 0 { view = columns.events }
        defer { nextEvent += 1 }
        let event = view?[nextEvent] ?? columns.event(at: nextEvent)
        return .event(position: columns.firstPosition + UInt64(nextEvent), event)
      }
      hasPendingEvents = false
      guard readBlock() else { return takeGap().map { .gap($0) } }
    }
  }

  /// The next block's events, or a gap; nil at the end, when `condition` is known.
  ///
  /// After calls of `next` the batch begins with the first event not delivered yet.
  public func nextBatch() -> TraceBatch? {
    while true {
      if let gap = takeGap() { return .gap(gap) }
      if hasPendingEvents, nextEvent < columns.eventCount {
        hasPendingEvents = false
        events.removeAll(keepingCapacity: true)
        columns.appendEvents(to: &events)
        let first = columns.firstPosition
        if nextEvent == 0 { return .events(firstPosition: first, events) }
        return .events(firstPosition: first + UInt64(nextEvent), Array(events[nextEvent...]))
      }
      guard readBlock() else { return takeGap().map { .gap($0) } }
    }
  }

  /// The next block as columns, or a gap; nil at the end, when `condition` is known. The fast way to read a trace.
  ///
  /// The columns hold until the next call of any method of the reader. Not to be mixed with `next`.
  public func nextColumns() -> ColumnBatch? {
    if let gap = takeGap() { return .gap(gap) }
    while true {
      if hasPendingEvents {
        hasPendingEvents = false
        return .events(columns)
      }
      guard readBlock() else { return takeGap().map { .gap($0) } }
      if let gap = takeGap() { return .gap(gap) }
    }
  }

  /// Takes the columns that `nextColumns` has just delivered out of the reader, which goes on with others; they are
  /// complete.
  ///
  /// - Parameter spare: whatever they held is lost.
  public func exchangeColumns(_ spare: EventColumns) -> EventColumns {
    let taken = columns
    taken.complete()
    if let found { found.stretch.columns = spare } else { ownColumns = spare }
    columns = spare
    return taken
  }

  private func takeGap() -> TraceGap? {
    defer { pendingGap = nil }
    return pendingGap
  }

  /// Reads on until there is something to deliver; false at the end.
  private func readBlock() -> Bool {
    guard condition == .unread else { return false }
    while pendingGap == nil, !hasPendingEvents {
      switch probe() {
      case .block(let header):
        guard !ledger.isSealed else {
          note(.bytesAfterSeal, nil)
          return finish()
        }
        admit(header)
        source.skip(BlockHeader.byteCount + Int(header.storedByteCount))
      case .end:
        if let code = source.failure { note(.readFailed(code: code), nil) }
        return finish()
      case .incomplete:
        if !resynchronize(.truncated) { return finish() }
      case .unsupportedVersion:
        if !resynchronize(.header) { return finish() }
      case .damaged(let kind):
        if !resynchronize(kind) { return finish() }
      }
    }
    return true
  }

  /// What is at the source's place; a block that other threads have decoded is then `found`.
  private func probe() -> BlockProbe {
    found = lookahead?.block(at: source.position, after: found)
    if let found { return .block(found.header) }
    var work = 0
    return BlockProbe(source, work: &work)
  }

  /// Searches for the next valid block after bytes that are none; false where there is none.
  private func resynchronize(_ reason: TraceDefect.Kind) -> Bool {
    if ledger.isSealed {
      note(.bytesAfterSeal, nil)
      return false
    }
    let start = source.position
    while searchWork < Self.searchLimit {
      source.advance(1)
      guard source.advance(toNext: BlockProbe.magicBytes) else {
        noteDamage(reason, from: start, isLast: true)
        return false
      }
      if case .block = BlockProbe(source, work: &searchWork) {
        noteDamage(reason, from: start, isLast: false)
        return true
      }
    }
    noteDamage(reason, from: start, isLast: true)
    note(.searchGivenUp, nil)
    return false
  }

  private func noteDamage(_ reason: TraceDefect.Kind, from start: UInt64, isLast: Bool) {
    var kind = reason
    if case .foreignBytes = kind { kind = .foreignBytes(count: source.position - start) }
    if kind == .truncated, !isLast { kind = .header }
    let defect = TraceDefect(kind: kind, byteOffset: start)
    keep(defect)
    ledger.isBroken = true
    if !isLast { ledger.damage = defect }
  }

  private func admit(_ header: BlockHeader) {
    var found: [TraceDefect.Kind] = []
    let gapDefect = ledger.admit(header, &found)
    for kind in found { note(kind, header.sequence) }
    guard let admission = gapDefect else { return }
    statistics.count(header)
    if let kind = admission.gap {
      let defect = ledger.damage ?? TraceDefect(kind: kind, byteOffset: source.position, sequence: header.sequence)
      pendingGap = TraceGap(
        nextPosition: header.firstEventIndex, eventsMissing: admission.eventsMissing, defect: defect)
    }
    ledger.damage = nil
    if header.type == BlockType.events.rawValue { decode(header) }
  }

  private func decode(_ header: BlockHeader) {
    var failure = found?.outcome.defect
    columns = found?.stretch.columns ?? ownColumns
    if found == nil {
      let length = BlockHeader.byteCount + Int(header.storedByteCount)
      source.withBytes(length) { block in
        do throws(PayloadDefect) {
          try columns.decode(UnsafeRawBufferPointer(rebasing: block[BlockHeader.byteCount...]), header)
        } catch {
          failure = error
        }
      }
    }
    if let failure {
      note(.undecodable(failure), header.sequence)
      ledger.isBroken = true
      pendingGap = TraceGap(
        nextPosition: header.firstEventIndex + UInt64(header.eventCount), eventsMissing: UInt64(header.eventCount),
        defect: TraceDefect(kind: .undecodable(failure), byteOffset: source.position, sequence: header.sequence))
      return
    }
    nextEvent = 0
    hasPendingEvents = true
    var found: [TraceDefect.Kind] = []
    ledger.account(self.found?.outcome.digest ?? BlockDigest(columns), header.baseTime, &found)
    for kind in found { note(kind, header.sequence) }
  }

  // MARK: Condition

  private func note(_ kind: TraceDefect.Kind, _ sequence: UInt32?) {
    keep(TraceDefect(kind: kind, byteOffset: source.position, sequence: sequence))
  }

  private func keep(_ defect: TraceDefect) {
    defectCount += 1
    if defects.count < Self.maximumDefectCount { defects.append(defect) }
  }

  private func finish() -> Bool {
    if !ledger.isSealed, !defects.contains(where: { $0.kind == .truncated }) { note(.truncated, nil) }
    if defects.isEmpty {
      condition = ledger.firstKept.map { .overwritten(before: $0) } ?? .complete
    } else if defects.count == 1, defects[0].kind == .truncated {
      condition = .truncated(atByte: source.position)
    } else {
      condition = .damaged(defects)
    }
    return false
  }
}

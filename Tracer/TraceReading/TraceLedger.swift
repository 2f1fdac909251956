import ModuleConfiguration
import TraceFormat

/// The books of a trace: what each block and event must agree with, given those before.
struct TraceLedger {
  /// What became of a block.
  struct Admission {
    /// Why a consumer cannot join this block's events to those before; nil where it can.
    var gap: TraceDefect.Kind?
    var eventsMissing: UInt64?
  }

  private(set) var chain: UInt64
  private(set) var isSealed = false
  /// The number of the first event that is there, where those before it are overwritten.
  private(set) var firstKept: UInt64?
  /// Whether events may be missing before this place, so that totals cannot be compared.
  var isBroken = false
  /// The damage passed over since the last block, which explains the gap before the next.
  var damage: TraceDefect?
  /// What the recorder lost, as the events so far tell.
  private(set) var losses = RecorderLosses()

  private let cpu: UInt8
  /// Whether kinds of events are left out of the trace, which its blocks' version says too.
  private let isThinned: Bool
  private let tableChecksum: UInt64
  /// Whether the trace may begin late.
  private let isFlightRecorder: Bool
  private var nextSequence: UInt32 = 1
  private var nextPosition: UInt64 = 0
  private var lost: UInt64 = 0
  private var lastTime: UInt64 = 0
  private var hasEnded = false

  init(first header: BlockHeader, of table: ModuleTable) {
    chain = header.checksum
    cpu = header.cpu
    isThinned = !table.module.leftOutKinds.isEmpty
    tableChecksum = table.checksum
    isFlightRecorder = table.module.ringPolicy == .flightRecorder
  }

  /// Begins in the middle of the trace, with what this block says of those before it.
  mutating func begin(at header: BlockHeader) {
    nextSequence = header.sequence
    nextPosition = header.firstEventIndex
    lost = header.eventsLostBefore
    chain = header.chain
  }

  /// Takes a valid block into the books; nil where it has no place in the trace. What is wrong is added to `found`.
  mutating func admit(_ header: BlockHeader, _ found: inout [TraceDefect.Kind]) -> Admission? {
    guard header.sequence >= nextSequence else {
      found.append(.sequenceRepeated(expected: nextSequence, found: header.sequence))
      return nil
    }
    guard header.type == BlockType.events.rawValue || header.type == BlockType.seal.rawValue else {
      found.append(.unexpectedBlock(type: header.type))
      isBroken = true
      return nil
    }
    var admission = Admission()
    if header.cpu != cpu { found.append(.cpuChanged) }
    if isThinned != (header.version == BlockHeader.thinnedVersion) {
      found.append(.versionOfOtherTrace(header.version))
    }
    if header.sequence != nextSequence, nextSequence == 1, isFlightRecorder, damage == nil {
      begin(at: header)
      firstKept = header.firstEventIndex
      (admission.gap, admission.eventsMissing) = (.overwritten, header.firstEventIndex)
    } else if header.sequence != nextSequence {
      let missing = TraceDefect.Kind.blocksMissing(count: UInt64(header.sequence - nextSequence))
      // The damage that was passed over is these blocks; without it they are simply not there.
      if damage == nil { found.append(missing) }
      admission.gap = missing
      isBroken = true
      if header.firstEventIndex >= nextPosition {
        admission.eventsMissing = header.firstEventIndex - nextPosition
      } else {
        found.append(.eventIndex(expected: nextPosition, found: header.firstEventIndex))
      }
    } else {
      join(header, &admission, &found)
    }
    if header.baseTime < lastTime { found.append(.timeWentBackwards(position: header.firstEventIndex)) }
    if header.type == BlockType.seal.rawValue { seal(header, isJoined: admission.gap == nil, &found) }
    nextSequence = header.sequence &+ 1
    chain = header.checksum
    lost = header.eventsLostBefore
    nextPosition = header.firstEventIndex &+ UInt64(header.eventCount)
    return admission
  }

  /// Compares a block that follows in number with what the blocks before it say.
  private mutating func join(
    _ header: BlockHeader, _ admission: inout Admission, _ found: inout [TraceDefect.Kind]
  ) {
    func contradict(_ kind: TraceDefect.Kind) {
      found.append(kind)
      admission.gap = kind
      isBroken = true
    }
    if header.chain != chain { contradict(.chainBroken) }
    if header.firstEventIndex != nextPosition {
      contradict(.eventIndex(expected: nextPosition, found: header.firstEventIndex))
    }
    if header.eventsLostBefore != lost { contradict(.lossCount(expected: lost, found: header.eventsLostBefore)) }
  }

  private mutating func seal(_ header: BlockHeader, isJoined: Bool, _ found: inout [TraceDefect.Kind]) {
    isSealed = true
    // The end event is in the last block of events: where that is not there, nothing contradicts.
    if !hasEnded, isJoined { found.append(.sealWithoutEnd) }
    if header.baseTime != lastTime, !isBroken { found.append(.sealFields) }
  }

  /// Takes the events of a block into the books.
  mutating func account(_ block: BlockDigest, _ baseTime: UInt64, _ found: inout [TraceDefect.Kind]) {
    let firstPosition = block.firstPosition
    if hasEnded { found.append(.eventsAfterEnd(position: firstPosition)) }
    let isBehind = baseTime < lastTime
    lastTime = block.lastTime
    if firstPosition == 0, block.firstKind != EventKind.boot.rawValue { found.append(.bootPlace(position: 0)) }
    for (index, event) in block.controls {
      let position = firstPosition &+ UInt64(index)
      if event.kind == EventKind.boot.rawValue, position != 0 { found.append(.bootPlace(position: position)) }
      accountControl(event, position, index + 1 == block.eventCount, &found)
    }
    if isBehind {
      found.append(.timeWentBackwards(position: firstPosition))
    } else if let index = block.firstBackwards {
      found.append(.timeWentBackwards(position: firstPosition &+ UInt64(index)))
    }
  }

  private mutating func accountControl(
    _ event: TraceEvent, _ position: UInt64, _ isLast: Bool, _ found: inout [TraceDefect.Kind]
  ) {
    switch event.knownKind {
    case .boot:
      if event.words.w0 != tableChecksum { found.append(.moduleTable) }
    case .loss:
      lost &+= event.words.w0
      losses.note(event, position: position)
    case .end:
      if !hasEnded, !isLast {
        found.append(.eventsAfterEnd(position: position + 1))
      }
      hasEnded = true
      if !isBroken, event.words.w0 != position || event.words.w1 != lost { found.append(.endTotals) }
    default:
      break
    }
  }
}

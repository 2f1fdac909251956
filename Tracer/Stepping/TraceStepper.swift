import ModuleConfiguration
import PartitionCore
import Replay
import TraceFormat
import TraceReading

/// A place in a trace that can be moved to and fro, with the core's state there.
///
/// The state comes from replaying `PartitionCore` over the inputs up to the current event. Checkpoints of it make the
/// way back short: at most one stretch between two of them is replayed again.
public final class TraceStepper {
  static let maximumCheckpointCount = 256

  /// The trace's events, by ordinal.
  public let store: EventStore
  /// The names of the trace's module.
  public let vocabulary: TraceVocabulary
  /// The trace's own; valid as long as the stepper.
  public let table: ModuleTable
  /// The current event; the state is the one after it.
  public private(set) var ordinal = 0
  /// Told on a long way, block by block, which event it has come to; what it throws ends the way where it began.
  public var onProgress: (Int) throws -> Void
  private let carriedTable: CarriedModuleTable
  private var replayer: Replayer<OwnersMarked>
  /// Events that the replayer has been given.
  private var consumed = 0
  /// Where the core's state is kept, and who of a partition's processes had the processor there.
  private struct Place {
    var ordinal: Int
    var checkpoint: ReplayCheckpoint
    var processes: ProcessFollower
  }
  private var checkpoints: [Place] = []
  /// What schedulers have told up to the current event; the core knows nothing of it.
  private var processes: ProcessFollower
  private var spacing = 4096

  /// Opens a trace at its first event.
  ///
  /// - Parameters:
  ///   - open: opens the trace at its beginning; called again whenever the way leads back.
  ///   - onProgress: told how far the first reading has come, and then as the property is.
  public init(
    opening open: @escaping () throws -> TraceReader, onProgress: @escaping (Int) throws -> Void = { _ in }
  ) throws {
    let reader = try open()
    carriedTable = reader.carriedTable
    table = carriedTable.table
    vocabulary = TraceVocabulary(carriedTable.table)
    replayer = Replayer(table: carriedTable.table)
    processes = ProcessFollower(carriedTable.table)
    self.onProgress = onProgress
    store = try EventStore(opening: open, onProgress: onProgress)
    guard store.eventCount > 0 else { throw TraceStepperError.noEvents }
    try go(to: 0)
  }

  /// How far the state after the current event can be trusted.
  public var knowledge: Replayer<OwnersMarked>.Knowledge { replayer.knowledge }
  /// The first place where the run is not what the core makes of its inputs, if that lies before the current event.
  public var divergence: Divergence? { replayer.report.divergence }

  /// The current event and its position, which counts missing events too, as the ordinal does not.
  ///
  /// - Throws: what opening the trace anew throws, where its block is no longer kept.
  public func current() throws -> (position: UInt64, event: TraceEvent) { try store.event(ordinal) }

  /// The process of the module table that has the processor whenever its partition does; nil for none, or where nobody
  /// has told.
  public func process(of partition: UInt8) -> Int? { processes.current(of: partition) }

  /// Lets `body` look at the core as it is after the current event.
  public func withCore<Result>(_ body: (borrowing PartitionCore<OwnersMarked>) -> Result) -> Result {
    replayer.withCore(body)
  }

  /// All words of the core's state after the current event.
  public var stateWords: [UInt64] { replayer.stateWords }

  // MARK: Moving

  /// Makes the event with that ordinal the current one; beyond the ends, the first or the last.
  public func go(to target: Int) throws {
    let wanted = max(0, min(store.eventCount - 1, target))
    let checkpoint = checkpoints.last { $0.ordinal <= wanted + 1 }
    // Ahead there is one where the way has led before.
    if wanted + 1 < consumed || checkpoint.map({ $0.ordinal > consumed }) ?? false { begin(at: checkpoint) }
    do {
      while consumed <= wanted {
        try consumeBlock(upTo: wanted)
        if consumed <= wanted { try onProgress(consumed) }
      }
    } catch {
      try stay()
      throw error
    }
    ordinal = wanted
  }

  /// Gives the current event its state again, from which an interrupted way has led away.
  private func stay() throws {
    begin(at: checkpoints.last { $0.ordinal <= ordinal + 1 })
    while consumed <= ordinal { try consumeBlock(upTo: ordinal) }
  }

  /// The nearest event after (or before) the current one for which `isWanted` holds; nil where there is none.
  public func find(isBackward: Bool, _ isWanted: (TraceEvent) -> Bool) throws -> Int? {
    var place = ordinal + (isBackward ? -1 : 1)
    while place >= 0, place < store.eventCount {
      let index = store.block(of: place)
      let block = store.blocks[index]
      let events = try store.events(ofBlock: index)
      var offset = place - block.ordinal
      while events.indices.contains(offset) {
        if isWanted(events[offset]) { return block.ordinal + offset }
        offset += isBackward ? -1 : 1
      }
      place = isBackward ? block.ordinal - 1 : block.ordinal + block.count
      try onProgress(max(0, place))
    }
    return nil
  }

  /// Goes on from a checkpoint, or from the trace's beginning.
  private func begin(at place: Place?) {
    if let place {
      if replayer.knowledge == .notStarted { replayer = Replayer(table: table) }
      replayer.restore(place.checkpoint)
      processes = place.processes
      consumed = place.ordinal
    } else {
      replayer = Replayer(table: table)
      processes = ProcessFollower(table)
      consumed = 0
    }
  }

  /// Gives the replayer what it lacks of one block, up to an event of it or of a later one.
  ///
  /// The block is looked for once: on the way to a far event that is most of the work.
  private func consumeBlock(upTo last: Int) throws {
    let block = store.blocks[store.block(of: consumed)]
    let events = try store.events(ofBlock: store.block(of: consumed))
    guard events.count == block.count else { throw EventStoreError.traceChanged }
    if consumed == block.ordinal, let gap = block.gap {
      replayer.noteGap(gap)
      processes.forget()
    }
    for offset in (consumed - block.ordinal)...min(last - block.ordinal, block.count - 1) {
      noteCheckpoint(before: events[offset])
      replayer.consume(events[offset], position: block.position &+ UInt64(offset))
      processes.consume(events[offset], at: events[offset].time) { _ in }
      consumed += 1
    }
  }

  private func noteCheckpoint(before event: TraceEvent) {
    guard consumed >= (checkpoints.last?.ordinal ?? 0) + spacing, event.knownKind?.eventClass == .input,
      let checkpoint = replayer.checkpoint()
    else { return }
    checkpoints.append(Place(ordinal: consumed, checkpoint: checkpoint, processes: processes))
    thinOut()
  }

  /// Keeps every other checkpoint where there are too many, so that memory does not follow the trace's length.
  private func thinOut() {
    guard checkpoints.count > Self.maximumCheckpointCount else { return }
    spacing *= 2
    checkpoints = checkpoints.enumerated().filter { $0.offset % 2 == 1 }.map(\.element)
  }
}

/// Why a trace cannot be stepped through.
public enum TraceStepperError: Error, Equatable, CustomStringConvertible {
  case noEvents

  /// What the command prints.
  public var description: String { "the trace holds no event" }
}

import Dispatch
import ModuleConfiguration
import PartitionCore
import TraceFormat
import TraceReading

/// A piece of a trace from one keyframe to another, replayed by itself.
///
/// Unchecked: the reading thread fills it, then one worker replays it, then the reading thread has it again; the
/// semaphore stands between them.
final class ReplayPiece<Marking: MarkingRule & SendableMetatype>: @unchecked Sendable {
  enum Part {
    case events(EventColumns, Range<Int>)
    case gap(String)
  }

  var parts: [Part] = []
  var eventCount = 0
  /// The keyframe's words with which it begins; nil for the trace's first piece and for one that goes on from another.
  let start: [UInt64]?
  /// What a worker has made of it; nil where that cannot be used.
  private(set) var machine: ReplayMachine<Marking>?
  let isDone = DispatchSemaphore(value: 0)

  init(start: [UInt64]?) { self.start = start }

  /// Whether events are missing within it, so that only who knows what was before can go on.
  private var hasGap: Bool {
    parts.contains { if case .gap = $0 { true } else { false } }
  }

  /// Replays the piece from the keyframe's state, for whoever comes to its beginning with that very state.
  func replay(_ table: ModuleTable) {
    defer { isDone.signal() }
    guard let start, !hasGap else { return }
    var machine = ReplayMachine<Marking>(table: table)
    guard machine.begin(at: start) else { return }
    replay(by: &machine)
    self.machine = consume machine
  }

  /// Replays the piece by a machine that knows what was before.
  func replay(by machine: inout ReplayMachine<Marking>) {
    for part in parts {
      switch part {
      case .events(let columns, let range): machine.consume(columns, range)
      case .gap(let reason): machine.noteGap(reason)
      }
    }
  }

  /// What the worker has made of it, once.
  func takeMachine() -> ReplayMachine<Marking>? {
    var taken: ReplayMachine<Marking>?
    swap(&taken, &machine)
    return taken
  }
}

/// Finds the keyframes in blocks, with their words.
struct KeyframeFinder {
  private var words: [UInt64] = []

  /// The events of the block after which there is a keyframe's state, with its words.
  mutating func keyframes(in columns: EventColumns) -> [(end: Int, words: [UInt64])] {
    var found: [(end: Int, words: [UInt64])] = []
    let indices = columns.indices {
      $0 == EventKind.keyframeWords.rawValue || $0 == EventKind.keyframe.rawValue
    }
    for index in indices {
      let event = columns.event(at: index)
      if event.kind == EventKind.keyframeWords.rawValue {
        collect(event)
      } else {
        let count = Int(event.operand)
        if count <= words.count, words.count - count < 8, count > 0 {
          words.removeLast(words.count - count)
          if words.withUnsafeBytes({ XXH64.hash($0) }) == event.words.w0 { found.append((index + 1, words)) }
        }
        words.removeAll(keepingCapacity: true)
      }
    }
    return found
  }

  private mutating func collect(_ event: TraceEvent) {
    if event.operand == 0 { words.removeAll(keepingCapacity: true) }
    guard Int(event.operand) == words.count, words.count <= ModuleLimits.keyframeWordCount else { return }
    for index in 0..<8 { words.append(event.words[index]) }
  }
}

/// Those that wait for one thing, written down in the order in which they will get it.
final class ReferenceQueue {
  private let isByPriority: Bool
  private var waiting: [(process: ReferenceProcess, priority: Int32)] = []

  init(byPriority: Bool) { isByPriority = byPriority }

  var count: Int32 { Int32(waiting.count) }
  var first: ReferenceProcess? { waiting.first?.process }

  /// Behind all who come first, and behind all who came before.
  func join(_ process: ReferenceProcess) {
    let mine = process.priority
    let place = isByPriority ? waiting.firstIndex { $0.priority < mine } : nil
    waiting.insert((process, mine), at: place ?? waiting.count)
  }

  func leave(_ process: ReferenceProcess) { waiting.removeAll { $0.process === process } }
}

/// What a process waits for in the reference.
enum ReferenceWait {
  /// An instant; nil: one that never comes.
  case until(UInt64?)
  /// Its turn, or the end of its patience.
  case turn(ReferenceQueue, until: UInt64?)
  /// Somebody who resumes it, or the end of its patience.
  case resumption(until: UInt64?)
  /// A period that begins after its start.
  case firstPeriod
  /// NORMAL mode.
  case normalMode

  /// When it ends by itself.
  var end: UInt64? {
    switch self {
    case .until(let end), .turn(_, let end), .resumption(let end): end
    case .firstPeriod, .normalMode: nil
    }
  }
}

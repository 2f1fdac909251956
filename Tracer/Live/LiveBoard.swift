import Foundation
import TraceReading
import Verification

/// Figures that one thread gathers from a trace and another one looks at.
///
/// Unchecked: everything that changes is touched under the lock.
public final class LiveBoard: @unchecked Sendable {
  private let lock = NSLock()
  private let done = DispatchSemaphore(value: 0)
  private var figures: LiveFigures?
  private var table: CarriedModuleTable?
  private var bytes: UInt64 = 0
  private var lastCondition = TraceCondition.unread
  private var lastLosses = RecorderLosses()
  private var isOpen = false

  /// A board without figures, until a module is prepared for or a trace opened.
  public init() {}

  /// Shows the module whose trace is to come, until it does: the trace's own table takes its place.
  public func prepare(for module: CarriedModuleTable) {
    lock.withLock {
      guard !isOpen else { return }
      table = module
      figures = LiveFigures(module.table)
    }
  }

  /// Whether the trace has begun to come.
  public var hasBegun: Bool { lock.withLock { isOpen } }

  /// Begins to read a trace to its end, on a thread of its own.
  ///
  /// - Parameter speed: virtual seconds in a second of the host's; nil for as fast as it comes.
  public func read(path: String, speed: Double? = nil) {
    Thread { [self] in
      follow(path, speed)
      done.signal()
    }.start()
  }

  /// Waits till the trace has been read to its end.
  public func wait() {
    done.wait()
    done.signal()
  }

  /// Whether the trace has been read to its end.
  public var isDone: Bool {
    guard done.wait(timeout: .now()) == .success else { return false }
    done.signal()
    return true
  }

  /// Known once all is read; a trace that cannot be opened stays unread.
  public var condition: TraceCondition { lock.withLock { lastCondition } }

  /// What the recorder lost; known once all is read.
  public var losses: RecorderLosses { lock.withLock { lastLosses } }

  /// Lets `body` look at the figures, and at the claims as they stood then; nil while there are none.
  ///
  /// The reading thread goes on meanwhile. So the claims must not be asked for of the figures, whose judge is its own.
  public func look<Result>(
    _ body: (LiveFigures, [ClaimResult], CarriedModuleTable, _ bytes: UInt64) -> Result
  ) -> Result? {
    let found = lock.withLock { (figures, figures?.claims ?? [], table, bytes) }
    guard let figures = found.0, let table = found.2 else { return nil }
    return body(figures, found.1, table, found.3)
  }

  private func follow(_ path: String, _ speed: Double?) {
    guard let reader = try? TraceReader(path: path) else { return }
    lock.withLock {
      table = reader.carriedTable
      figures = LiveFigures(reader.moduleTable)
      isOpen = true
    }
    var clock = Playback(speed: speed)
    while let batch = reader.nextBatch() {
      switch batch {
      case .gap(let gap): lock.withLock { figures?.noteGap(missing: gap.eventsMissing) }
      case .events(let first, let events):
        // In pieces, so that a slow playback moves evenly and nobody waits long for the lock.
        for start in stride(from: 0, to: events.count, by: 64) {
          clock.wait(until: events[start].time)
          lock.withLock {
            bytes = reader.statistics.storedBytes
            for index in start..<min(events.count, start + 64) {
              figures?.add(events[index], position: first &+ UInt64(index))
            }
          }
        }
      }
    }
    lock.withLock {
      bytes = reader.statistics.storedBytes
      lastCondition = reader.condition
      lastLosses = reader.losses
    }
  }
}

/// Holds a reader up so that virtual time goes by as fast as asked for.
private struct Playback {
  let speed: Double?
  private var begun: (host: ContinuousClock.Instant, virtual: UInt64)?

  init(speed: Double?) { self.speed = speed }

  mutating func wait(until time: UInt64) {
    guard let speed else { return }
    guard let begun else {
      self.begun = (.now, time)
      return
    }
    // A forged trace may have times, and a user a speed, that no wait would end for.
    let wait = min(Double(time - min(time, begun.virtual)) / speed, 1e18)
    let due = begun.host + .nanoseconds(Int64(wait))
    let left = due - .now
    if left > .zero {
      let (seconds, attoseconds) = left.components
      usleep(UInt32(clamping: seconds * 1_000_000 + attoseconds / 1_000_000_000_000))
    }
  }
}

import Emulation
import Foundation
import TraceReading

/// Tells on a terminal how much of a trace has been read, and whether the user has asked to stop.
struct ReadingProgress {
  private let fileBytes: UInt64?
  private let isShown = StandardOutput.showsProgress
  private var signals = try? SignalWatch()
  /// The command's own watch, if it has one for longer.
  private let outer: SignalWatch?
  private var next = ContinuousClock.now + .milliseconds(500)
  private var isDirty = false

  /// - Parameter outer: what watches already. A signal that came to it before the reading began is obeyed too: nobody
  ///   else looks until the reading is over.
  init(_ path: String, within outer: SignalWatch? = nil) {
    self.outer = outer
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    let size = (attributes?[.size] as? NSNumber)?.uint64Value
    fileBytes = size.flatMap { $0 > 0 ? $0 : nil }
    PipeWaiting.end { [weak signals, weak outer] in signals?.isPending == true || outer?.isPending == true }
  }

  /// Whether Ctrl-C or its like has come. Answers true once for each, and again and again for one that came before.
  var isInterrupted: Bool { (signals?.take() ?? 0) > 0 || outer?.isPending == true }

  /// Draws the line anew, ten times a second at most, and not at all for what is quick.
  mutating func show(_ reader: TraceReader) {
    guard isDue else { return }
    let sizes = reader.statistics
    let share = fileBytes.map { "\(min(100, sizes.storedBytes * 100 / $0)) %  " } ?? ""
    show("\(share)\(sizes.eventCount) events")
  }

  /// The same with words of the caller's.
  mutating func show(_ words: String) {
    guard isDue else { return }
    next = .now + .milliseconds(100)
    isDirty = true
    ModuleSession.say("\r\u{1B}[K\(words)", to: STDERR_FILENO)
  }

  private var isDue: Bool { isShown && ContinuousClock.now >= next }

  /// The reading is over: leaves the line empty for what is printed next, and signals do what they do by themselves.
  ///
  /// Whoever prints to a pipe that nobody reads is ended by Ctrl-C, and there is nobody else who would look for it.
  mutating func clear() {
    signals = nil
    guard isDirty else { return }
    ModuleSession.say("\r\u{1B}[K", to: STDERR_FILENO)
    isDirty = false
  }
}

import Emulation
import Foundation

/// The one line of a terminal that tells how far a capture, or other long work, is.
struct ProgressLine {
  let isShown: Bool
  private var next = ContinuousClock.now
  private var isDirty = false

  init(isShown: Bool) { self.isShown = isShown }

  /// Draws the line anew, ten times a second at most.
  mutating func show(_ progress: TraceProgress) {
    let time = VirtualDuration(.init(progress.virtualTime.nanoseconds))
    show("\(time) virtual  \(progress.events) events  \(progress.bytes / 1024) KiB  \(progress.lost) lost")
  }

  /// The same with any text.
  mutating func show(_ text: @autoclosure () -> String) {
    guard isShown, ContinuousClock.now >= next else { return }
    next = .now + .milliseconds(100)
    isDirty = true
    ModuleSession.say("\r\u{1B}[K\(text())", to: STDERR_FILENO)
  }

  /// Leaves the line empty for what is printed next.
  mutating func clear() {
    guard isDirty else { return }
    ModuleSession.say("\r\u{1B}[K", to: STDERR_FILENO)
    isDirty = false
  }
}

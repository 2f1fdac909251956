import Emulation
import Foundation

/// The one line of a terminal that tells how far a capture is.
struct ProgressLine {
  let isShown: Bool
  private var next = ContinuousClock.now
  private var isDirty = false

  init(isShown: Bool) { self.isShown = isShown }

  /// Draws the line anew, ten times a second at most.
  mutating func show(_ progress: TraceProgress) {
    guard isShown, ContinuousClock.now >= next else { return }
    next = .now + .milliseconds(100)
    isDirty = true
    let time = VirtualDuration(.init(progress.virtualTime.nanoseconds))
    let kibibytes = progress.bytes / 1024
    ModuleSession.say(
      "\r\u{1B}[K\(time) virtual  \(progress.events) events  \(kibibytes) KiB  \(progress.lost) lost", to: STDERR_FILENO
    )
  }

  /// Leaves the line empty for what is printed next.
  mutating func clear() {
    guard isDirty else { return }
    ModuleSession.say("\r\u{1B}[K", to: STDERR_FILENO)
    isDirty = false
  }
}

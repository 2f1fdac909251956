import Dispatch
import Foundation

/// Turns the signals that ask us to stop into bytes of a pipe, so that one loop can wait for all that happens.
public final class SignalWatch {
  /// Readable once a signal came; a byte each.
  public let descriptor: Int32
  private let writing: Int32
  private let sources: [any DispatchSourceSignal]
  private static let signals = [SIGINT, SIGTERM, SIGHUP]

  /// Begins to watch. SIGPIPE is ignored meanwhile: the other side of a pipe may go first.
  public init() throws(EmulationError) {
    guard let ends = SystemCall.makePipe() else {
      throw .notStarted(program: "signal handling", reason: SystemCall.lastError)
    }
    (descriptor, writing) = (ends.reading, ends.writing)
    signal(SIGPIPE, SIG_IGN)
    let target = ends.writing
    sources = Self.signals.map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global(qos: .userInteractive))
      source.setEventHandler { _ = SystemCall.writeAll([1], to: target) }
      source.resume()
      return source
    }
  }

  /// Does what a signal does; for whoever stops a capture from within.
  public func post() { _ = SystemCall.writeAll([1], to: writing) }

  /// How many signals came since the last call.
  public func take() -> Int {
    var count = 0
    while SystemCall.ready(descriptor, for: POLLIN, milliseconds: 0) != 0 {
      var byte: UInt8 = 0
      guard SystemCall.retrying({ read(descriptor, &byte, 1) }) == 1 else { break }
      count += 1
    }
    return count
  }

  deinit {
    sources.forEach { $0.cancel() }
    for number in Self.signals + [SIGPIPE] { signal(number, SIG_DFL) }
    close(descriptor)
    close(writing)
  }
}

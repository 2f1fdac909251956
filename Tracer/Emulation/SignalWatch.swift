import Dispatch
import Foundation

/// Turns the signals that ask us to stop into bytes of a pipe, so that one loop can wait for all that happens.
public final class SignalWatch {
  /// Readable once a signal came; a byte each, its number.
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
      source.setEventHandler { _ = SystemCall.writeAll([UInt8(truncatingIfNeeded: number)], to: target) }
      source.resume()
      return source
    }
  }

  /// Does what a signal does; for whoever stops a capture from within.
  public func post() { _ = SystemCall.writeAll([UInt8(SIGINT)], to: writing) }

  /// How many signals came since the last call.
  public func take() -> Int { takeNumbers().count }

  /// Which signals came since the last call, in their order.
  public func takeNumbers() -> [Int32] {
    var numbers: [Int32] = []
    while SystemCall.ready(descriptor, for: POLLIN, milliseconds: 0) != 0 {
      var byte: UInt8 = 0
      guard SystemCall.retrying({ read(descriptor, &byte, 1) }) == 1 else { break }
      numbers.append(Int32(byte))
    }
    return numbers
  }

  deinit {
    sources.forEach { $0.cancel() }
    for number in Self.signals + [SIGPIPE] { signal(number, SIG_DFL) }
    close(descriptor)
    close(writing)
  }
}

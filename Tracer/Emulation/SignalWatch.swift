import Foundation
import Synchronization

/// Turns the signals that ask us to stop into bytes of a pipe, so that one loop can wait for all that happens.
///
/// Where there are several, signals go to the youngest that still lives; where there is none, they do what they did
/// before. A hang-up that was ignored, as nohup does, stays so. An interrupt is obeyed even if a script's shell has
/// switched it off for what runs in the background: who sends it there means us.
/// (Dispatch's sources are not used: on Linux a second one for a signal hears nothing once the first is gone.)
public final class SignalWatch: Sendable {
  /// Readable once a signal came; a byte each, its number.
  public let descriptor: Int32
  private let writing: Int32
  private static let signals = [SIGINT, SIGTERM, SIGHUP]
  private static let watches = Mutex(Watches())
  /// Where the handler writes.
  private static let target = Atomic<Int32>(-1)

  private struct Watches {
    /// The writing ends of all that live, in the order of their beginning.
    var ends: [Int32] = []
    /// What was to be done on signals before the first of them.
    var actions: [(number: Int32, action: sigaction)] = []
  }

  /// Begins to watch. SIGPIPE is ignored meanwhile: the other side of a pipe may go first.
  public init() throws(EmulationError) {
    guard let ends = SystemCall.makePipe() else {
      throw .notStarted(program: "signal handling", reason: SystemCall.lastError)
    }
    (descriptor, writing) = (ends.reading, ends.writing)
    Self.watches.withLock { watches in
      watches.ends.append(ends.writing)
      Self.target.store(ends.writing, ordering: .sequentiallyConsistent)
      guard watches.ends.count == 1 else { return }
      for number in Self.signals + [SIGPIPE] {
        var action = sigaction()
        guard sigaction(number, nil, &action) == 0, number != SIGHUP || !Self.isIgnoring(action) else { continue }
        watches.actions.append((number, action))
        if number == SIGPIPE { signal(number, SIG_IGN) } else { Self.handle(number) }
      }
    }
  }

  /// A handler's address says so, and functions cannot be compared.
  private static func isIgnoring(_ action: sigaction) -> Bool {
    let handler: (@convention(c) (Int32) -> Void)? = action.__sigaction_handler.sa_handler
    return unsafeBitCast(handler, to: UInt.self) == unsafeBitCast(SIG_IGN, to: UInt.self)
  }

  private static func handle(_ number: Int32) {
    var action = sigaction()
    action.sa_flags = SA_RESTART
    // In a handler: one atomic load and one system call.
    action.__sigaction_handler.sa_handler = { number in
      let error = errno
      var byte = UInt8(truncatingIfNeeded: number)
      _ = write(SignalWatch.target.load(ordering: .sequentiallyConsistent), &byte, 1)
      errno = error
    }
    sigaction(number, &action, nil)
    // Whoever started us may have done so from a thread that lets no signal in.
    var own = sigset_t()
    sigemptyset(&own)
    sigaddset(&own, number)
    pthread_sigmask(SIG_UNBLOCK, &own, nil)
  }

  /// Does what a signal does; for whoever stops a capture from within.
  public func post() { _ = SystemCall.writeAll([UInt8(SIGINT)], to: writing) }

  /// Whether a signal came that nobody has taken yet.
  public var isPending: Bool { SystemCall.ready(descriptor, for: POLLIN, milliseconds: 0) != 0 }

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
    let own = writing
    Self.watches.withLock { watches in
      watches.ends.removeAll { $0 == own }
      Self.target.store(watches.ends.last ?? -1, ordering: .sequentiallyConsistent)
      guard watches.ends.isEmpty else { return }
      for (number, before) in watches.actions {
        var action = before
        sigaction(number, &action, nil)
      }
      watches.actions = []
    }
    close(descriptor)
    close(writing)
  }
}

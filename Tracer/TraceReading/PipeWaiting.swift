import Synchronization

/// What ends the waiting for a pipe that gives nothing, or takes nothing: a user who wants to stop must not have to
/// wait for it.
public enum PipeWaiting {
  private static let isOver = Mutex<(@Sendable () -> Bool)?>(nil)

  /// From now on `body` is asked, some times a second, while a pipe keeps a reader waiting; true is taken for the
  /// pipe's end.
  public static func end(when body: @escaping @Sendable () -> Bool) { isOver.withLock { $0 = body } }

  /// Whether whoever waits for a pipe, to read or to write, shall wait no longer.
  public static var hasEnded: Bool { isOver.withLock { $0 }?() ?? false }
}

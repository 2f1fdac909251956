import Dispatch
import Foundation

/// A few threads that do what they are handed, in the order handed.
public final class WorkerPool {
  private final class Queue: @unchecked Sendable {
    // Unchecked: `tasks` is touched under `lock` only.
    private let lock = NSLock()
    private let ready = DispatchSemaphore(value: 0)
    private var tasks: [@Sendable () -> Void] = []
    private var next = 0

    func append(_ task: @escaping @Sendable () -> Void) {
      lock.withLock { tasks.append(task) }
      ready.signal()
    }

    func stop(_ threads: Int) { for _ in 0..<threads { ready.signal() } }

    /// Works until there is a signal without a task.
    func work() {
      while true {
        ready.wait()
        let task = lock.withLock { () -> (@Sendable () -> Void)? in
          guard next < tasks.count else { return nil }
          defer { next += 1 }
          let task = tasks[next]
          if next == 255 {
            tasks.removeFirst(256)
            next = -1
          }
          return task
        }
        guard let task else { return }
        task()
      }
    }
  }

  private let queue = Queue()
  private let threads: Int

  /// - Parameter threads: 0 or more; without any, what is handed to the pool is never done.
  public init(threads: Int) {
    self.threads = threads
    for _ in 0..<threads {
      let thread = Thread { [queue] in queue.work() }
      thread.stackSize = 1 << 20
      thread.start()
    }
  }

  deinit { queue.stop(threads) }

  /// Hands over a task and does not wait for it. Those handed over before the pool is let go are all done.
  public func perform(_ task: @escaping @Sendable () -> Void) { queue.append(task) }

  /// The cores that the machine gives to this process, for the default of `--threads`.
  public static var processorCount: Int { max(1, ProcessInfo.processInfo.activeProcessorCount) }
}

/// Which process has the processor: the one of which its scheduler has told, while its partition has the CPU.
struct ProcessorHolder: Sendable {
  /// By partition: its process that has the processor whenever the partition does.
  var current = [Int?](repeating: nil, count: 256)
  /// Who has the CPU; nil where nobody does, or nobody knows.
  private(set) var partition: UInt8?
  private(set) var run: ProcessRun?
  /// The run that begins at an instant for which the kernel waits.
  private var awaited: ProcessRun?

  /// An awaited run begins.
  mutating func catchUp(to time: UInt64, _ tell: ProcessFollower.Sink) {
    guard let awaited, awaited.from <= time else { return }
    begin(awaited, tell)
  }

  /// Another partition gets the CPU.
  ///
  /// - Parameter start: where the kernel waits for a window's start, that instant.
  mutating func turn(to next: UInt8, at time: UInt64, from start: UInt64, _ tell: ProcessFollower.Sink) {
    cut(at: time, .cut, tell)
    partition = next == 0xFF ? nil : next
    resume(next, at: time, from: start, tell)
  }

  /// A partition that has the CPU uses it from now on, or from a later instant.
  mutating func resume(_ owner: UInt8, at time: UInt64, from start: UInt64, _ tell: ProcessFollower.Sink) {
    guard partition == owner, run == nil, awaited == nil, let process = current[Int(owner)] else { return }
    let next = ProcessRun(process: process, from: max(time, start))
    if next.from > time { awaited = next } else { begin(next, tell) }
  }

  private mutating func begin(_ next: ProcessRun, _ tell: ProcessFollower.Sink) {
    (run, awaited) = (next, nil)
    tell(.runs(next))
  }

  /// Nobody has the processor for now.
  mutating func cut(at time: UInt64, _ outcome: ProcessRun.Outcome, _ tell: ProcessFollower.Sink) {
    awaited = nil
    guard let over = run else { return }
    run = nil
    tell(.runsNoLonger(over, outcome, at: max(time, over.from)))
  }
}

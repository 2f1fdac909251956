import ModuleConfiguration

/// A stretch of time in which a process has the processor, as its partition's scheduler tells.
public struct ProcessRun: Equatable, Sendable {
  /// Why it has the processor no longer.
  public enum Outcome: String, Sendable {
    // What its scheduler has told: see `ProcessTelling.State`.
    case dormant, ready, waiting, faulted, complete
    /// Its partition has lost the CPU; it goes on where that gets it back.
    case cut
    /// Its partition was started anew, or stopped.
    case stopped
    /// Another process has the processor, and nobody told what became of this one.
    case untold

    init(_ state: ProcessTelling.State?) {
      switch state {
      case .dormant: self = .dormant
      case .ready: self = .ready
      case .waiting: self = .waiting
      case .faulted: self = .faulted
      case .complete: self = .complete
      // With what happens beside the processor goes to nobody.
      case .started, .replenished, nil: self = .untold
      }
    }
  }

  /// Index among the module table's processes.
  public var process: Int
  /// Since when it has the processor; ns.
  public var from: UInt64

  /// A run that goes on: when and why it ends is told with it, see `ProcessFollower.Change`.
  public init(process: Int, from: UInt64) {
    self.process = process
    self.from = from
  }
}

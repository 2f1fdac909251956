import APEXTypes

/// Something that the kernel's test device does at a virtual instant.
public struct StimulusRecord: Equatable, Sendable {
  /// What the test device can do; the trace has the same numbers (`EventKind.stimulus`).
  public enum Action: UInt64, Sendable {
    /// A byte arrives at COM1 (through the UART's loop-back, so that line 4 really rises).
    case serialByte = 1
    /// A line is pulsed without a device: `data` is the line. While it is masked the pulse waits, one a line.
    case linePulse = 2
  }
  /// When it is due; it is done at the first chance that the kernel has from then on.
  public var time: SystemTime
  /// Which of the two it is.
  public var action: Action
  /// The byte, or the line's number; a pulse of a line beyond 15 does nothing.
  public var data: UInt64

  /// An action that is due at `time`; the caller sees to the order among several.
  public init(time: SystemTime, action: Action, data: UInt64) {
    self.time = time
    self.action = action
    self.data = data
  }
}

extension StimulusRecord: TableRecord {
  /// In the order of their instants: the core looks at the next one only.
  public static var section: ModuleSection { .stimuli }
  /// Nil where word 1 is no `Action`.
  public init?(_ word: (Int) -> UInt64) {
    guard let action = Action(rawValue: word(1)) else { return nil }
    time = SystemTime(nanoseconds: word(0))
    self.action = action
    data = word(2)
  }
  /// Three words: instant in ns, action, data.
  public func write(_ put: (UInt64) -> Void) {
    put(time.nanoseconds)
    put(action.rawValue)
    put(data)
  }
}

import APEXTypes

/// Something that the kernel's test device does at a virtual instant.
public struct StimulusRecord: Equatable, Sendable {
  public enum Action: UInt64, Sendable {
    /// A byte arrives at COM1 (through the UART's loop-back, so that line 4 really rises).
    case serialByte = 1
    /// A line is pulsed without a device: `data` is the line. While it is masked the pulse waits, one a line.
    case linePulse = 2
  }
  public var time: SystemTime
  public var action: Action
  public var data: UInt64

  public init(time: SystemTime, action: Action, data: UInt64) {
    self.time = time
    self.action = action
    self.data = data
  }
}

extension StimulusRecord: TableRecord {
  public static var section: ModuleSection { .stimuli }
  public init?(_ word: (Int) -> UInt64) {
    guard let action = Action(rawValue: word(1)) else { return nil }
    time = SystemTime(nanoseconds: word(0))
    self.action = action
    data = word(2)
  }
  public func write(_ put: (UInt64) -> Void) {
    put(time.nanoseconds)
    put(action.rawValue)
    put(data)
  }
}

/// Who took a part of a stretch of time.
public struct TimeShare: Equatable, Sendable {
  /// Whose the time was.
  public var taker: TimeTaker
  /// Of all pieces together.
  public var nanoseconds: UInt64
  /// In how many pieces.
  public var pieces: UInt64
  /// The event with which the first of them ended.
  public var position: UInt64
}

/// What the processor was doing.
public enum TimeTaker: Hashable, Sendable {
  /// Code of a partition in ring 3; of the drainer, draining.
  case partition(UInt8)
  /// The idle loop.
  case idle
  /// The kernel, for an interrupt of a line.
  case interrupt(line: UInt8)
  /// The kernel, for its own timer.
  case timer
  /// The kernel, for a call by its number, of a partition.
  case hypercall(UInt16, of: UInt8)
  /// The kernel, for an exception by its vector, of a partition.
  case exception(UInt8, of: UInt8)
  /// The kernel, for the module's start, a stimulus or a non-maskable interrupt.
  case start, stimulus, nonMaskable
  /// The kernel, making a partition's memory anew.
  case restart(UInt8)
  /// The kernel, from the first decision about windows, frames or switches in a step to its end.
  case windowSwitch
  /// The kernel, waiting for a window's start.
  case padding
  /// From the end of that wait, or the instant at which it should have ended, to the window's first instruction.
  case windowEntry
  case keyframe
  /// Events are missing.
  case unknown
}

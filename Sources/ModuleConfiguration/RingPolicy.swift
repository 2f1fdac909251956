/// What becomes of events when the trace ring is full (`p:Trace Policy`).
public enum RingPolicy: UInt8, Sendable {
  /// What is new finds no room and is counted; a drainer takes out what is old.
  case discardNew = 0
  /// What is new overwrites what is oldest, and nobody takes anything out: the ring is read from outside, after a crash
  /// or at the end. Such a module has no drainer, and needs no debug port.
  case flightRecorder = 1
}

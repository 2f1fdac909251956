import APEXTypes

/// How far a service is, once the scheduler has decided: what is left for who called it to do.
public enum ServiceStep: Equatable, Sendable {
  /// The service is over.
  case done(ReturnCode)
  /// The caller leaves the processor, and waits until it is woken or its time-out passes; which of them it was,
  /// `ProcessScheduler.endOfWait` says when it runs again.
  case waits
  /// The caller leaves the processor, to its equals or until an instant; when it runs again the service has succeeded.
  case givesWay
}

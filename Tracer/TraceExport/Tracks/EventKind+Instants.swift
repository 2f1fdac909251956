import TraceFormat

extension EventKind {
  /// Whether events of this kind are instants on a track; of the others slices and values are made.
  var isInstant: Bool {
    switch self {
    case .portOperation, .timerExpired, .exceptionReflected, .healthError, .healthAction, .moduleAction, .callback,
      .eventRaised, .scheduleChange, .restart, .initialised, .spurious, .unclaimed, .stop, .kernelFault, .nonMaskable,
      .stimulus, .consoleWritten, .noteWords, .boot, .end:
      true
    default: false
    }
  }
}

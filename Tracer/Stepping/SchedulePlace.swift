import ModuleConfiguration
import Replay

/// Where in which major frame an event is.
public enum SchedulePlace: Equatable, Sendable {
  case beforeFirstFrame(schedule: Int)
  /// - `start`: nominal, ns.
  /// - `window`: index of the one that runs; nil for none, or where that is not known.
  case frame(number: UInt64, schedule: Int, start: UInt64, window: Int?)
  /// Events are missing since the last major frame's start that the trace has.
  case unknown
}

extension TraceStepper {
  /// Where the current event is: as the core knows it, or, while its state is not the run's, as the trace's own
  /// `majorFrameStart` events tell.
  public var schedulePlace: SchedulePlace {
    if knowledge == .known || knowledge == .notStarted {
      let state = withCore { $0.inspectSchedule() }
      guard let frame = state.frame else { return .beforeFirstFrame(schedule: state.schedule) }
      return .frame(number: frame, schedule: state.schedule, start: state.frameStart, window: state.window)
    }
    if let frame = store.frame(at: ordinal), frame.schedule < table.count(ScheduleRecord.self) {
      return .frame(number: frame.number, schedule: frame.schedule, start: frame.start, window: nil)
    }
    let hasFrame = store.frames.first.map { $0.ordinal <= ordinal } ?? false
    return !hasFrame && store.lastBreak(upTo: ordinal) == nil ? .beforeFirstFrame(schedule: 0) : .unknown
  }
}

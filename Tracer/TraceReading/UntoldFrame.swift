import ModuleConfiguration
import TraceFormat

/// When a major frame is over whose successor's start is missing.
///
/// Which frame an event is in shows at the frame's start. Where that is missing time tells: the frame that comes so
/// many after another starts no later than so many of the longest frames behind it. What comes between a nominal start
/// and one that is late is of the frame before only where the start is there to tell.
struct UntoldFrame: Sendable {
  /// The frame looked for, and the longest one, ns; nil where nothing is looked for.
  private var sought: (number: UInt64, longest: UInt64)?
  /// The last frame whose start has come.
  private var last: (number: UInt64, start: UInt64)?
  /// A gap has come, and no frame has started since.
  private var isUntold = false
  /// When the frame was over, ns; nil as long as it is not, or where the next frame's start itself has told.
  private(set) var passedEnd: UInt64?

  /// - Parameters:
  ///   - place: nothing is looked for where this is no frame.
  ///   - reader: of the trace; without it nothing is looked for.
  init(_ place: TracePlace?, _ reader: TraceReader?) {
    guard case .frame(let number)? = place, let table = reader?.moduleTable else { return }
    let lengths = (0..<table.count(ScheduleRecord.self)).map { table.record(ScheduleRecord.self, $0).majorFrame.count }
    guard let longest = lengths.max(), longest > 0 else { return }
    sought = (UInt64(number), longest)
  }

  mutating func noteGap() { isUntold = true }

  /// Whether the frame is over at the next event, as far as time tells.
  mutating func isOver(at event: TraceEvent) -> Bool {
    guard let sought else { return false }
    if event.kind == EventKind.majorFrameStart.rawValue {
      last = (UInt64(event.operand), event.words.w0)
      isUntold = false
      return false
    }
    guard isUntold, let last, last.number <= sought.number else { return false }
    let (length, isTooLong) = sought.longest.multipliedReportingOverflow(by: sought.number - last.number + 1)
    let (end, isTooLate) = last.start.addingReportingOverflow(length)
    guard !isTooLong, !isTooLate, event.time >= end else { return false }
    passedEnd = passedEnd ?? end
    return true
  }
}

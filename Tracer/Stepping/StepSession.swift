import APEXTypes
import TextForms
import TraceFormat
import TraceReading

/// A stepper with what its user has chosen to look at; carries out orders.
public struct StepSession {
  /// Shared, not copied: what one session moves is moved for all that have it.
  public let stepper: TraceStepper
  /// Whose tables are shown.
  public var partition: UInt8
  /// Which of the tables, beside events and state, is shown.
  public var panel = StepPanel.vcpu
  /// Whether the help takes the place of all but the title and the status line.
  public var isHelpShown = false

  /// Looks at partition 0 first.
  public init(_ stepper: TraceStepper) {
    self.stepper = stepper
    partition = 0
  }

  /// Why an order could not be carried out.
  public struct Refusal: Error, Equatable, CustomStringConvertible {
    /// Says what is not there, and why it may be missing.
    public var description: String
    /// Whether the trace certainly has not what was asked for; else it may have been where events are missing.
    public var isCertain = true
  }

  /// Carries out an order; the session does not change where it throws.
  public mutating func obey(_ order: StepOrder) throws {
    switch order {
    case .move(let count): try move(count)
    case .find(let kinds, let partition, let isBackward):
      let found = try stepper.find(isBackward: isBackward) { event in
        kinds.contains(event.kind) && (partition.map { $0 == event.partition } ?? true)
      }
      guard let found else {
        let (first, last) = isBackward ? (nil, stepper.ordinal) : (stepper.ordinal, nil)
        throw absence(
          "no such event \(isBackward ? "before" : "after") this one", after: first, before: last, isLossCounted: true)
      }
      try stepper.go(to: found)
    case .goToEvent(let position):
      guard let ordinal = stepper.store.ordinal(ofPosition: position) else {
        throw absence("the trace has no event \(position)", after: lastOrdinal)
      }
      let found = try stepper.store.event(ordinal).position
      guard found == position else {
        throw absence(
          "the trace has no event \(position); the next one is \(found)", after: ordinal - 1, before: ordinal)
      }
      try stepper.go(to: ordinal)
    case .goToTime(let time):
      guard let ordinal = try stepper.store.ordinal(atTime: time) else {
        throw absence("the trace ends at \(EventField.seconds(stepper.store.lastTime)) s", after: lastOrdinal)
      }
      // What follows a gap need not be the first event from that instant on.
      if stepper.store.gap(before: ordinal) != nil {
        let next = try stepper.store.event(ordinal).position
        throw absence(
          "what is at \(EventField.seconds(time)) s is in a gap; the next event is \(next)", after: ordinal - 1,
          before: ordinal)
      }
      try stepper.go(to: ordinal)
    case .goToFrame(let number):
      guard let frame = stepper.store.frames.first(where: { $0.number == number }) else {
        let frames = stepper.store.frames
        let next = frames.first { $0.number > number }?.ordinal
        throw absence(
          "the trace has no major frame \(number)", after: frames.last { $0.number < number }?.ordinal, before: next,
          // Behind the last frame that there is no loss is so long that it took all of another.
          isLossCounted: next != nil)
      }
      try stepper.go(to: frame.ordinal)
    case .first: try stepper.go(to: 0)
    case .last: try stepper.go(to: stepper.store.eventCount - 1)
    case .partition(let index): partition = index
    case .nextPartition:
      partition = Int(partition) + 1 < stepper.vocabulary.partitions.count ? partition + 1 : 0
    case .panel(let choice): panel = choice
    case .help: isHelpShown.toggle()
    case .show, .quit: break
    }
  }

  private var lastOrdinal: Int { stepper.store.eventCount - 1 }

  /// The refusal of what the trace has not between two events; where some are missing there, with the reason that it
  /// may have had it.
  private func absence(
    _ sentence: String, after first: Int?, before last: Int? = nil, isLossCounted: Bool = false
  ) -> Refusal {
    let doubt = stepper.store.doubt(after: first, before: last, isLossCounted: isLossCounted)
    return Refusal(description: sentence + (doubt.map { "; \($0)" } ?? ""), isCertain: doubt == nil)
  }

  private func move(_ count: Int) throws {
    let (target, isOver) = stepper.ordinal.addingReportingOverflow(count)
    if stepper.ordinal == (count < 0 ? 0 : lastOrdinal) {
      throw count < 0
        ? absence("this is the first event", after: nil, before: 0)
        : absence("this is the last event", after: lastOrdinal)
    }
    try stepper.go(to: isOver ? (count < 0 ? 0 : lastOrdinal) : target)
  }

  /// The current event as `partita dump` prints it.
  public func line() throws -> String {
    let (position, event) = try stepper.current()
    let width = max(6, stepper.vocabulary.partitions.map(\.columns).max() ?? 0)
    return EventDescription(event, position: position, stepper.vocabulary).line(partitionWidth: width)
  }
}

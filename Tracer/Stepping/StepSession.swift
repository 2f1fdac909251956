import APEXTypes
import TraceFormat
import TraceReading

/// A stepper with what its user has chosen to look at; carries out orders.
public struct StepSession {
  public let stepper: TraceStepper
  /// Whose tables are shown.
  public var partition: UInt8
  public var panel = StepPanel.vcpu
  public var isHelpShown = false

  public init(_ stepper: TraceStepper) {
    self.stepper = stepper
    partition = 0
  }

  /// Why an order could not be carried out.
  public struct Refusal: Error, Equatable, CustomStringConvertible {
    public var description: String
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
        throw absence("no such event \(isBackward ? "before" : "after") this one")
      }
      try stepper.go(to: found)
    case .goToEvent(let position):
      guard let ordinal = stepper.store.ordinal(ofPosition: position) else {
        throw absence("the trace has no event \(position)")
      }
      let found = try stepper.store.event(ordinal).position
      guard found == position else {
        throw absence("the trace has no event \(position); the next one is \(found)", before: ordinal)
      }
      try stepper.go(to: ordinal)
    case .goToTime(let time):
      guard let ordinal = try stepper.store.ordinal(atTime: time) else {
        throw absence("the trace ends at \(EventField.seconds(stepper.store.lastTime)) s")
      }
      try stepper.go(to: ordinal)
    case .goToFrame(let number):
      guard let frame = stepper.store.frames.first(where: { $0.number == number }) else {
        throw absence("the trace has no major frame \(number)")
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

  /// The refusal of what the trace has not; of one that is not whole, with the reason that it may have had it.
  ///
  /// - Parameter ordinal: the event behind the gap that took it, where that is known.
  private func absence(_ sentence: String, before ordinal: Int? = nil) -> Refusal {
    let condition = stepper.store.condition
    guard !condition.isComplete else { return Refusal(description: sentence) }
    let gap = ordinal.flatMap { stepper.store.gap(before: $0) }
    return Refusal(description: "\(sentence); " + (gap ?? "the trace is \(condition)"))
  }

  private func move(_ count: Int) throws {
    let (target, isOver) = stepper.ordinal.addingReportingOverflow(count)
    let last = stepper.store.eventCount - 1
    if stepper.ordinal == (count < 0 ? 0 : last) {
      throw count < 0 ? Refusal(description: "this is the first event") : absence("this is the last event")
    }
    try stepper.go(to: isOver ? (count < 0 ? 0 : last) : target)
  }

  /// The current event as `partita dump` prints it.
  public func line() throws -> String {
    let (position, event) = try stepper.current()
    let width = max(6, stepper.vocabulary.partitions.map(\.count).max() ?? 0)
    return EventDescription(event, position: position, stepper.vocabulary).line(partitionWidth: width)
  }
}

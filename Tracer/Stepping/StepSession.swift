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
        throw Refusal(description: "no such event \(isBackward ? "before" : "after") this one")
      }
      try stepper.go(to: found)
    case .goToEvent(let position):
      guard let ordinal = stepper.store.ordinal(ofPosition: position) else {
        throw Refusal(description: "the trace has no event \(position)")
      }
      let found = try stepper.store.event(ordinal).position
      guard found == position else {
        throw Refusal(description: "the trace has no event \(position); the next one is \(found)")
      }
      try stepper.go(to: ordinal)
    case .goToTime(let time):
      guard let ordinal = try stepper.store.ordinal(atTime: time) else {
        throw Refusal(description: "the trace ends at \(EventField.seconds(stepper.store.lastTime)) s")
      }
      try stepper.go(to: ordinal)
    case .goToFrame(let number):
      guard let frame = stepper.store.frames.first(where: { $0.number == number }) else {
        throw Refusal(description: "the trace has no major frame \(number)")
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

  private func move(_ count: Int) throws {
    let (target, isOver) = stepper.ordinal.addingReportingOverflow(count)
    let last = stepper.store.eventCount - 1
    if stepper.ordinal == (count < 0 ? 0 : last) {
      throw Refusal(description: count < 0 ? "this is the first event" : "this is the last event")
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

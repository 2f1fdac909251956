import ModuleConfiguration
import TraceFormat

/// A recorded run's demand, read no further ahead than the prediction needs.
final class DemandReader {
  private(set) var demand: RecordedDemand
  private let source: () -> TraceEvent?
  private(set) var isExhausted = false
  /// Why the trace cannot be a run of the module, if it cannot; it is read no further.
  private(set) var contradiction: String?
  private var eventCount: UInt64 = 0

  /// What is read ahead of the prediction's clock, ns: longer than any time for which a line can be late.
  private static let horizon: UInt64 = 50_000_000

  init(partitionCount: Int, takesPulses: Bool, _ source: @escaping () -> TraceEvent?) {
    demand = RecordedDemand(partitionCount: partitionCount, takesPulses: takesPulses)
    self.source = source
  }

  /// Reads on until the recorded run is well past `instant`.
  func read(past instant: UInt64) {
    while !isExhausted, demand.time <= instant &+ Self.horizon { readOne() }
  }

  private func readOne() {
    guard !isExhausted else { return }
    let event = source()
    if let event, let objection = demand.objection(to: event) {
      contradiction = "event \(eventCount) \(objection)"
    } else if let event {
      eventCount += 1
      return demand.consume(event)
    }
    demand.finish()
    isExhausted = true
  }

  /// The partition's next deed, read for if need be; nil where the recorded run has no more.
  func nextDeed(of partition: Int) -> RecordedDeed? {
    while demand.flows[partition].deeds.isEmpty, !isExhausted { readOne() }
    return demand.flows[partition].deeds.front
  }

  /// What the partition computed after the last of its deeds, ns; the recorded run has been read to its end.
  func lastComputation(of partition: Int) -> UInt64 { demand.lastComputation(of: partition) }
  func removeDeed(of partition: Int) { demand.removeDeed(of: partition) }
  func takeHandler(of partition: Int, _ vector: UInt8) -> RecordedHandler { demand.takeHandler(of: partition, vector) }

  func takePieceTime(of partition: Int) -> UInt64? { demand.takePieceTime(of: partition) }

  /// The next interrupt of a line that has not been fired; nil where none is known yet.
  func nextInterrupt(of line: Int) -> RecordedInterrupt? { demand.interrupts[line].front }
  func removeInterrupt(of line: Int) { demand.removeInterrupt(of: line) }
}

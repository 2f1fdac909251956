import ModuleConfiguration
import TraceFormat

/// A recorded run's demand, read no further ahead than the prediction needs.
final class DemandReader {
  private(set) var demand: RecordedDemand
  private let source: () -> TraceEvent?
  private(set) var isExhausted = false
  /// Why the trace cannot be a run of the module, if it cannot; it is read no further.
  private(set) var contradiction: String?

  /// What is read ahead of the prediction's clock, ns: longer than any time for which a line can be late.
  private static let horizon: UInt64 = 50_000_000
  /// So many events tell how long the kernel's entries take as a rule: at the beginning partitions start.
  private static let learntEventCount: UInt64 = 20_000
  /// Entries that are no farther apart are one, ns.
  private static let sameInstant: UInt64 = 20
  /// Events read so far.
  private(set) var eventCount: UInt64 = 0

  init(
    partitionCount: Int, takesPulses: Bool, periods: PeriodFollower = PeriodFollower(),
    deadlines: DeadlineEvidence = DeadlineEvidence(nil), _ source: @escaping () -> TraceEvent?
  ) {
    demand = RecordedDemand(
      partitionCount: partitionCount, takesPulses: takesPulses, periods: periods, deadlines: deadlines)
    self.source = source
  }

  /// Reads on until the recorded run is well past `instant`.
  func read(past instant: UInt64) {
    while !isExhausted, demand.time <= instant &+ Self.horizon { readOne() }
  }

  /// Reads the run's beginning, so that what is usual is known before it is asked for.
  func learnUsualTimes() {
    while !isExhausted, eventCount < Self.learntEventCount { readOne() }
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

  /// The deed of a strand, read for if need be; nil where the recorded run has none, or it is forgotten.
  ///
  /// - Parameter isEnough: asked before more is read for it; true gives up.
  func deed(_ number: Int, of strand: RecordedStrand, unless isEnough: () -> Bool = { false }) -> RecordedDeed? {
    while strand.count <= number, strand.end == .open, !isExhausted, !isEnough() { readOne() }
    return strand.deed(number)
  }

  /// The life that the partition's next recorded start began, read for if need be; nil where there is none.
  func nextLife(of partition: Int) -> RecordedLife? {
    while demand.flows[partition].lives.isEmpty, !isExhausted { readOne() }
    return demand.flows[partition].lives.front
  }

  func removeLife(of partition: Int) { demand.removeLife(of: partition) }

  /// The next handler of an interrupt in a life; nil where none has been read.
  ///
  /// - Parameter mayWait: whether to read on for one.
  func takeHandler(of vector: UInt8, in life: RecordedLife, mayWait: Bool) -> RecordedStrand? {
    while mayWait, !life.hasHandler(of: vector), life.isOpen, !isExhausted { readOne() }
    return life.takeHandler(of: vector)
  }

  /// What a piece of a partition's memory took in a life; else what one took last.
  func pieceTime(_ piece: Int, in life: RecordedLife, of partition: Int) -> UInt64? {
    while life.pieceTimes.count <= piece, !life.hasRun, !isExhausted { readOne() }
    return piece < life.pieceTimes.count ? life.pieceTimes[piece] : demand.flows[partition].pieceTime
  }

  /// From the entry that began a life to when interrupts were let in, where one came before its first piece.
  func timeToOpening(in life: RecordedLife) -> UInt64? {
    while life.timeToOpening == nil, life.pieceTimes.isEmpty, !life.hasRun, !isExhausted { readOne() }
    return life.timeToOpening
  }

  /// From an entry to the piece of a partition's memory that is made next, in a life; nil where it was made otherwise.
  func timeFromEntry(toPiece piece: Int, in life: RecordedLife) -> UInt64? {
    while life.pieceTimes.count <= piece, !life.hasRun, !isExhausted { readOne() }
    return life.timesFromEntry[piece]
  }

  /// What a start took after its last piece; else what one took last.
  func startTime(in life: RecordedLife, of partition: Int) -> UInt64? {
    while life.startTime == nil, !life.hasRun, !isExhausted { readOne() }
    return life.startTime ?? demand.flows[partition].startTime
  }

  /// What the kernel took for the timer's entry at that instant, where the recorded run has one of which the same came.
  func timerTime(_ outcome: TimerOutcome, at instant: UInt64) -> UInt64? {
    while let next = demand.timerEntries.front, next.instant &+ Self.sameInstant < instant {
      demand.timerEntries.removeFirst()
    }
    guard let next = demand.timerEntries.front, next.instant <= instant &+ Self.sameInstant, next.outcome == outcome
    else { return nil }
    return next.kernelTime
  }

  /// The next interrupt of a line that has not been fired; nil where none is known yet.
  func nextInterrupt(of line: Int) -> RecordedInterrupt? { demand.interrupts[line].front }
  /// Lines that have one, a bit each.
  var waitingLines: UInt16 { demand.waitingLines }
  func removeInterrupt(of line: Int) { demand.removeInterrupt(of: line) }
}

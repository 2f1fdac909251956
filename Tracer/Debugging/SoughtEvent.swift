import Foundation
import TraceFormat
import TraceReading

/// The event to go to, and what its trace says of the run.
public struct SoughtEvent {
  /// Its number in the whole run, from 0.
  public let position: UInt64
  /// As it is recorded in the trace.
  public let event: TraceEvent
  /// The first event that the trace has; not 0 where it was rescued from a ring alone.
  public let firstPosition: UInt64
  /// The kernel's build identity; nil where the trace has not the run's first event.
  public let kernelIdentity: UInt64?
  /// The stop instant that the run was given, in ns; nil for none, or where `isStopKnown` is false.
  public let stopNanoseconds: UInt64?
  /// Whether the trace tells the stop instant: its boot event is there.
  public let isStopKnown: Bool
  /// What the recorder lost right before the event, where that may have been at the place too.
  public let losses: RecorderLosses
  /// Who was interrupted when the kernel was entered that recorded the event, 0xFF for the idle loop; nil where the
  /// trace does not tell.
  public let interrupted: UInt8?
  /// The time of the input that the event belongs to: its own may have been set later than its record was begun.
  public let entryTime: UInt64

  /// Finds the first event at `place` or after it. Of a file that has an index only the first block is read and those
  /// around the place, else all that comes before.
  ///
  /// - Parameters:
  ///   - reader: at the trace's beginning.
  ///   - onProgress: called after every block; false ends the search.
  public init(
    at place: TracePlace, in reader: TraceReader, onProgress: () -> Bool = { true }
  ) throws(RevisitError) {
    var coverage = SpanCoverage(TraceSpan(from: place), of: reader)
    let skipped = Self.skip(to: place, in: reader)
    var first: UInt64? = skipped == nil ? nil : 0
    var boot = skipped.flatMap { $0.knownKind == .boot ? $0 : nil }
    var entry: TraceEvent?
    var interruptedLast: UInt8?
    var last: LastEvent?
    while let batch = reader.nextColumns() {
      guard case .events(let columns) = batch else {
        if case .gap(let gap) = batch { coverage.note(gap) }
        (entry, interruptedLast) = (nil, nil)
        continue
      }
      guard onProgress() else { throw .interrupted }
      first = first ?? columns.firstPosition
      let events = columns.events
      for index in 0..<events.count {
        let event = events[index]
        let position = columns.firstPosition + UInt64(index)
        if position == 0, event.knownKind == .boot { boot = event }
        if EventClass(ofKind: event.kind) == .input { entry = event }
        let frame = event.knownKind == .majorFrameStart ? event.operand : last?.frame
        last = LastEvent(position: position, time: event.time, frame: frame)
        if let partition = Self.interrupted(at: event) { interruptedLast = partition }
        guard coverage.side(of: event, position: position, defectCount: reader.defectCount) == .within else { continue }
        // Where the place may be in a gap, the first event behind that need not be the one that is meant.
        guard coverage.gap == nil, Self.isMeant(event, position, by: place) else {
          let reason = coverage.gap.map { "\($0.defect)" } ?? coverage.losses.sentence
          throw .missing(place: place, next: position, reason: reason)
        }
        losses = coverage.losses
        (self.position, self.event, firstPosition) = (position, event, first ?? 0)
        kernelIdentity = boot?.words.w1
        stopNanoseconds = boot.flatMap { $0.words.w3 == .max ? nil : $0.words.w3 }
        isStopKnown = boot != nil
        interrupted = interruptedLast
        entryTime = entry?.time ?? event.time
        if let scale = boot?.words.w2, scale != 1 << 32 {
          throw .unrepeatable(reason: "it was captured with --real-time, so its time is the host's")
        }
        return
      }
    }
    coverage.finish()
    throw .beyondEnd(place: place, last: last, doubts: coverage.doubts(of: reader))
  }

  /// Goes to a block before the place from which on the trace tells who was interrupted there; answers its first event,
  /// or nil where the reader stays at the beginning.
  private static func skip(to place: TracePlace, in reader: TraceReader) -> TraceEvent? {
    guard let index = reader.makeIndex(), let block = index.block(before: place), let first = index.firstEvent,
      // The place's own block need not have an entry before it.
      let begin = index.lastBlock(before: block, where: { interrupted(at: $0) != nil }), begin > 0,
      reader.begin(at: index.entries[begin])
    else { return nil }
    return first
  }

  /// Whether an event that is not before the place can be the one that is there: numbers leave no doubt.
  private static func isMeant(_ event: TraceEvent, _ position: UInt64, by place: TracePlace) -> Bool {
    switch place {
    case .event(let number): position == number
    case .frame(let number): event.operand == number
    case .instant: true
    }
  }

  /// Whose registers the kernel found at an entry; nil for what is none, as the pulses of the test device.
  private static func interrupted(at event: TraceEvent) -> UInt8? {
    switch event.knownKind {
    case .interrupt where EntrySnapshot(event).flags.contains(.isPulse): nil
    case .interrupt, .timer, .hypercall, .exception: event.partition
    default: nil
    }
  }
}

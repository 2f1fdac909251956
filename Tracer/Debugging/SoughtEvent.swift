import Foundation
import TraceFormat
import TraceReading

/// The event to go to, and what its trace says of the run.
public struct SoughtEvent {
  public let position: UInt64
  public let event: TraceEvent
  /// The first event that the trace has; not 0 where it was rescued from a ring alone.
  public let firstPosition: UInt64
  /// The kernel's build identity; nil where the trace has not the run's first event.
  public let kernelIdentity: UInt64?
  /// The stop instant that the run was given, in ns; nil for none, or where `isStopKnown` is false.
  public let stopNanoseconds: UInt64?
  /// Whether the trace tells the stop instant: its boot event is there.
  public let isStopKnown: Bool
  /// Who was interrupted when the kernel was entered that recorded the event, 0xFF for the idle loop; nil where the
  /// trace does not tell.
  public let interrupted: UInt8?
  /// The time of the input that the event belongs to: its own may have been set later than its record was begun.
  public let entryTime: UInt64

  /// Finds the first event at `place` or after it, reading from the trace's beginning.
  ///
  /// - Parameter onProgress: called after every block; false ends the search.
  public init(
    at place: TracePlace, in reader: TraceReader, onProgress: () -> Bool = { true }
  ) throws(RevisitError) {
    var span = TraceSpan(from: place)
    var first: UInt64?
    var boot: TraceEvent?
    var entry: TraceEvent?
    var interruptedLast: UInt8?
    var last: LastEvent?
    var gap: TraceDefect?
    while let batch = reader.nextColumns() {
      guard case .events(let columns) = batch else {
        if case .gap(let found) = batch { gap = found.defect }
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
        guard span.side(of: event, position: position) == .within else { continue }
        if case .event(let wanted) = place, wanted != position {
          throw .eventMissing(position: wanted, defect: gap)
        }
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
    throw .beyondEnd(place: place, last: last, condition: reader.condition)
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

import ModuleConfiguration
import TraceFormat
import TraceReading

/// A trace as CTF 1.8: a folder with `metadata`, `events` (every event with all its fields), and `control_flow` (what
/// the scheduler, interrupts and hypercalls did, under the names that LTTng gives to such events of Linux, which Trace
/// Compass draws its views from).
public final class CTFExporter: TraceExporter {
  /// The files of the folder.
  public static func isOwn(_ name: String) -> Bool { ["metadata", "events", "control_flow"].contains(name) }

  /// The stream has room for any, but babeltrace2 counts nanoseconds with a sign, keeps the last such number for
  /// itself, and opens no trace that has it or a later one.
  public static let greatestInstant = UInt64(Int64.max) - 1

  private let folder: String
  private let vocabulary: TraceVocabulary
  private let identity: [UInt8]
  private let moduleName: String
  private let exact: CTFStream
  private let controlFlow: CTFControlFlow
  private var kinds = [Bool](repeating: false, count: 256)

  /// The first thing that went wrong in one of the two streams.
  public var failure: ExportFailure? { exact.failure ?? controlFlow.stream.failure }

  /// - Parameter folder: exists and is empty.
  public init(folder: String, _ reader: TraceReader) throws(ExportFailure) {
    let table = reader.moduleTable
    self.folder = folder
    vocabulary = TraceVocabulary(table)
    moduleName = TraceVocabulary.text(table, table.module.name)
    var identity: [UInt8] = []
    for word in [table.checksum, table.imageIdentity] {
      for shift in stride(from: UInt64(0), to: 64, by: 8) { identity.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    self.identity = identity
    exact = try CTFStream(folder + "/events", number: 0, identity: identity)
    controlFlow = CTFControlFlow(
      try CTFStream(folder + "/control_flow", number: 1, identity: identity), vocabulary)
  }

  /// Writes it to `events` with all its fields, and to `control_flow` what follows from it alone.
  public func add(_ event: TraceEvent, position: UInt64) {
    kinds[Int(event.kind)] = true
    exact.beginEvent(UInt16(event.kind), at: event.time)
    exact.put(position, bytes: 8)
    exact.put(UInt64(event.partition), bytes: 1)
    for field in EventShape.of(event).fields {
      // What is not said is 0, a name that is not said is the one called 'none'.
      let absent: UInt64 = if case .label = field.meaning { .max } else { 0 }
      exact.put(field.value(event) ?? absent, bytes: field.byteWidth)
    }
    controlFlow.add(event)
  }

  /// Counts missing events as discarded, at least one; `control_flow` is told of all changes.
  public func add(_ change: TimelineChange, at time: UInt64, position: UInt64) {
    if case .lost(let count, let from, _, _) = change { exact.discard(count ?? 1, from: from, to: time) }
    controlFlow.add(change, at: time)
  }

  /// Ends both streams, and writes `metadata` with the kinds of events that came.
  public func finish(at time: UInt64) throws(ExportFailure) {
    exact.finish()
    controlFlow.stream.finish()
    let metadata = try ExportFile(creating: folder + "/metadata")
    let text = CTFMetadata(
      identity: identity, moduleName: moduleName, vocabulary: vocabulary,
      kinds: (0...UInt8.max).filter { kinds[Int($0)] })
    metadata.write(text.text)
    metadata.flush()
    if let failure = metadata.failure { throw failure }
  }
}

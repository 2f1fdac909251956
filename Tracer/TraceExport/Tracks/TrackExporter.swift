import APEXTypes
import ModuleConfiguration
import TraceFormat
import TraceReading

/// Puts a trace on tracks: what viewers of timelines show.
///
/// Slices of a track are properly nested, every one that begins ends, and none reaches over a gap.
public final class TrackExporter<Writer: TrackWriter>: TraceExporter {
  /// Perfetto counts nanoseconds with a sign, whichever of both formats it opens, and shows a later one before the
  /// trace.
  public static var greatestInstant: UInt64 { UInt64(Int64.max) }

  let writer: Writer
  let vocabulary: TraceVocabulary
  private let scene: TrackScene
  private var depths: [Track: Int] = [:]
  private var waiting: [UInt16: UInt64] = [:]
  /// Position of the first mark in the export: from earlier ones no arrow comes.
  private var firstMark: UInt64?
  /// Partitions in mode IDLE: their windows do not wake them.
  private var idle: Set<UInt8> = []
  private var current: UInt8?
  /// Whether the CPU belongs to nobody known, for events are missing.
  private var isLost = false
  private var ringThree: UInt8?
  /// The latest instant that was told.
  private var latest: UInt64 = 0
  private var openInterrupt: UInt16?
  /// When jobs that are under way began, if later than they were released.
  var delayed: [Int: UInt64] = [:]

  /// What went wrong in writing.
  public var failure: ExportFailure? { writer.failure }

  /// Declares all tracks of the reader's module to the writer.
  public init(_ writer: Writer, _ reader: TraceReader) {
    let table = reader.moduleTable
    self.writer = writer
    let vocabulary = TraceVocabulary(table)
    self.vocabulary = vocabulary
    let processes = (0..<table.count(ProcessRecord.self)).map { index in
      let record = table.record(ProcessRecord.self, index)
      return (TraceVocabulary.text(table, record.name), Int(record.partition.rawValue))
    }
    scene = TrackScene(
      module: TraceVocabulary.text(table, table.module.name), partitions: vocabulary.partitions,
      processes: processes.filter { $0.1 < vocabulary.partitions.count }.count == processes.count ? processes : [])
    writer.declare(scene)
  }

  // MARK: Slices

  private func isShown(_ track: Track) -> Bool {
    if track.topic == .process { return track.index < scene.processes.count }
    return !track.isOfPartition || track.index < scene.partitions.count
  }

  func begin(
    _ track: Track, _ name: String, _ arguments: [EventField] = [], flow: FlowStep? = nil, at time: UInt64
  ) {
    guard isShown(track) else { return }
    depths[track, default: 0] += 1
    writer.begin(track, name, arguments, flow: flow, at: time)
  }

  func end(_ track: Track, _ arguments: [EventField] = [], at time: UInt64) {
    guard let depth = depths[track], depth > 0 else { return }
    depths[track] = depth - 1
    writer.end(track, arguments, at: time)
  }

  private func instant(
    _ track: Track, _ name: String, _ arguments: [EventField], beginsFlow: UInt64? = nil, at time: UInt64
  ) {
    guard isShown(track) else { return }
    writer.instant(track, name, arguments, beginsFlow: beginsFlow, at: time)
  }

  /// Ends whatever is open, the innermost first.
  private func endAll(at time: UInt64) {
    for track in scene.tracks {
      for _ in 0..<(depths[track] ?? 0) { end(track, at: time) }
    }
    ringThree = nil
    openInterrupt = nil
    delayed = [:]
  }

  // MARK: What comes in

  /// Puts an event on its track if it is one of those shown as instants; an end of interrupt ends the interrupt's
  /// slice.
  public func add(_ event: TraceEvent, position: UInt64) {
    // A hostile trace may go backwards; tracks do not.
    latest = max(latest, event.time)
    guard let kind = event.knownKind else { return }
    if kind == .acknowledged, openInterrupt == UInt16(truncatingIfNeeded: event.operand) { endInterrupt(at: latest) }
    guard kind.isInstant else { return }
    let track = event.partition == 0xFF ? Track(.moduleEvents) : Track(.events, Int(event.partition))
    var fields = EventShape.of(event).describe(event, vocabulary)
    fields.append(EventField("position", .count(position)))
    instant(track, TraceVocabulary.kind(event.kind), fields, at: latest)
  }

  /// Begins and ends slices, sets counters, and tells of scheduling.
  public func add(_ change: TimelineChange, at time: UInt64, position: UInt64) {
    latest = max(latest, time)
    switch change {
    case .frame(let frame):
      end(Track(.frames), at: time)
      begin(
        Track(.frames), "frame \(frame.number)",
        [
          EventField("schedule", .count(UInt64(frame.schedule))), EventField("start", .instant(frame.start)),
          EventField("position", .count(frame.position)),
        ], at: time)
    case .windowBegan(let window): beginWindow(window, at: time)
    case .windowEnded(let window):
      let first = window.firstInstant.map { [EventField("firstInstruction", .instant($0))] } ?? []
      end(Track(.windows, Int(window.partition)), first, at: time)
    case .entered(let entry): enter(entry, at: time)
    case .answered: break
    case .left(let entry, let partition): leave(entry, to: partition, at: time)
    case .inRingThree(let partition, _, _):
      if current == nil { hold(partition, at: time) }
      beginRingThree(partition, at: time)
    case .switched(let change):
      if isLost { writer.schedule(from: nil, to: change.from, isReady: true, at: time) }
      isLost = false
      writer.schedule(from: change.from, to: change.to, isReady: change.isReady, at: time)
      current = change.to
    case .holding(let change): hold(change.to, at: time)
    case .marked, .waiting, .marksCleared, .upcallBegan, .upcallEnded: addInterruptChange(change, at: time, position)
    case .mode(let mode): setMode(mode, at: time)
    case .released, .delayed, .completed, .late, .stopped, .overdue, .runs, .runsNoLonger:
      addProcessChange(change, at: time)
    case .forgotten: forget(at: time)
    case .lost(let count, let from, _, let reason): noteLoss(count, from, reason, at: time)
    }
  }

  private func setMode(_ mode: TimelineMode, at time: UInt64) {
    if mode.mode == OperatingMode.idle.rawValue { idle.insert(mode.partition) } else { idle.remove(mode.partition) }
    let track = Track(.mode, Int(mode.partition))
    end(track, at: time)
    begin(
      track, TraceVocabulary.operatingMode(mode.mode),
      [
        EventField("condition", .name(TraceVocabulary.startCondition(mode.condition))),
        EventField("position", .count(mode.position)),
      ], at: time)
  }

  private func beginWindow(_ window: TimelineWindow, at time: UInt64) {
    if window.partition != current, !window.hasYielded, !idle.contains(window.partition) {
      writer.wake(window.partition, at: time)
    }
    begin(
      Track(.windows, Int(window.partition)), "window \(window.index)",
      [
        EventField("start", .instant(window.nominalStart)), EventField("end", .instant(window.nominalEnd)),
        EventField("position", .count(window.position)),
      ], at: time)
  }

  private func addInterruptChange(_ change: TimelineChange, at time: UInt64, _ position: UInt64) {
    switch change {
    case .marked(let partition, let vector, let waiting, _):
      instant(
        Track(.events, Int(partition)), "mark \(TraceVocabulary.vector(UInt64(vector)))",
        [EventField("waiting", .count(waiting)), EventField("position", .count(position))],
        beginsFlow: position, at: time)
      firstMark = firstMark ?? position
      setWaiting(partition, vector, waiting, at: time)
    case .waiting(let partition, let vector, let count, _): setWaiting(partition, vector, count, at: time)
    case .marksCleared(let partition):
      for key in waiting.keys where UInt8(key >> 8) == partition { waiting[key] = nil }
      if isShown(Track(.waitingMarks, Int(partition))) {
        writer.count(Track(.waitingMarks, Int(partition)), 0, at: time)
      }
    case .upcallBegan(let upcall):
      let key = UInt16(upcall.partition) << 8 | UInt16(upcall.vector)
      begin(
        Track(.upcalls, Int(upcall.partition)), TraceVocabulary.vector(UInt64(upcall.vector)),
        [
          EventField("coalesced", .count(upcall.coalesced)), EventField("ordinal", .count(upcall.ordinal)),
          EventField("depth", .count(UInt64(upcall.depth))), EventField("position", .count(upcall.position)),
        ], flow: step(to: upcall), at: time)
      let before = waiting[key] ?? 0
      setWaiting(upcall.partition, upcall.vector, before - min(before, upcall.coalesced), at: time)
    case .upcallEnded(let upcall): end(Track(.upcalls, Int(upcall.partition)), at: time)
    default: break
    }
  }

  /// The arrow from the mark that an upcall serves, if that mark is in the export.
  private func step(to upcall: TimelineUpcall) -> FlowStep? {
    guard let mark = upcall.mark?.position, let firstMark, mark >= firstMark else { return nil }
    return FlowStep(identifier: mark, isLast: upcall.isMarkServed)
  }

  private func setWaiting(_ partition: UInt8, _ vector: UInt8, _ value: UInt64, at time: UInt64) {
    let key = UInt16(partition) << 8 | UInt16(vector)
    waiting[key] = value == 0 ? nil : value
    let track = Track(.waitingMarks, Int(partition))
    guard isShown(track) else { return }
    let total = waiting.reduce(UInt64(0)) { UInt8($1.key >> 8) == partition ? $0 &+ $1.value : $0 }
    writer.count(track, total, at: time)
  }

  // MARK: Kernel and ring 3

  /// A partition has the CPU when the export begins.
  private func hold(_ partition: UInt8, at time: UInt64) {
    writer.schedule(from: 0xFF, to: partition, isReady: false, at: time)
    current = partition
  }

  private func enter(_ entry: KernelEntry, at time: UInt64) {
    endRingThree(at: time)
    if current == nil {
      writer.schedule(from: isLost ? nil : 0xFF, to: entry.partition, isReady: true, at: time)
      current = entry.partition
      isLost = false
    }
    let kind = TraceVocabulary.kind(entry.event.kind)
    let what = UInt64(entry.what)
    let name =
      switch entry.event.knownKind {
      case .interrupt: "interrupt \(TraceVocabulary.vector(what))"
      case .hypercall: TraceVocabulary.hypercall(entry.what)
      case .exception: "exception \(TraceVocabulary.exception(what))"
      default: kind
      }
    var fields = EventShape.of(entry.event).describe(entry.event, vocabulary)
    fields.append(EventField("position", .count(entry.position)))
    begin(Track(.kernel), name, fields, at: time)
    switch entry.event.knownKind {
    case .hypercall: begin(Track(.hypercalls, Int(entry.partition)), name, fields, at: time)
    case .interrupt where entry.acknowledged == nil:
      openInterrupt = entry.what
      begin(Track(.interrupts), TraceVocabulary.vector(what), fields, at: time)
    default: break
    }
  }

  private func leave(_ entry: KernelEntry, to partition: UInt8?, at time: UInt64) {
    endInterrupt(at: time)
    var answer: [EventField] = []
    if let status = entry.status {
      answer = [
        EventField("status", .name(TraceVocabulary.returnCode(status))), EventField("value", .count(entry.value)),
      ]
    }
    if entry.event.kind == EventKind.hypercall.rawValue {
      end(Track(.hypercalls, Int(entry.partition)), answer, at: time)
    }
    end(Track(.kernel), answer, at: time)
    if let partition { beginRingThree(partition, at: time) }
  }

  private func beginRingThree(_ partition: UInt8, at time: UInt64) {
    guard partition != 0xFF else { return }
    ringThree = partition
    begin(Track(.cpu, Int(partition)), "running", at: time)
  }

  private func endRingThree(at time: UInt64) {
    guard let partition = ringThree else { return }
    ringThree = nil
    end(Track(.cpu, Int(partition)), at: time)
  }

  private func endInterrupt(at time: UInt64) {
    guard openInterrupt != nil else { return }
    openInterrupt = nil
    end(Track(.interrupts), at: time)
  }

  // MARK: Gaps and the end

  private func forget(at time: UInt64) {
    for key in Set(waiting.keys.map { UInt8($0 >> 8) }).sorted() where isShown(Track(.waitingMarks, Int(key))) {
      writer.count(Track(.waitingMarks, Int(key)), 0, at: time)
    }
    waiting = [:]
    idle = []
    endAll(at: time)
    if !isLost { writer.schedule(from: current ?? 0xFF, to: nil, isReady: true, at: time) }
    isLost = true
    current = nil
  }

  /// Ends all that is open, at the latest instant told.
  public func finish(at time: UInt64) throws(ExportFailure) {
    endAll(at: max(time, latest))
    writer.finish()
  }
}

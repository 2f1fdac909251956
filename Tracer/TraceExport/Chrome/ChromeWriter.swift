import TraceReading

/// The JSON of Chrome's trace viewer, which Perfetto, Speedscope and others read too.
///
/// Instants are in microseconds with three decimals, so nothing is rounded. A partition is a process, a track is one of
/// its threads.
///
/// What all of them need: Speedscope ends a slice only if the end has its name, and takes an end for one that was
/// before where it has the instant of its begin. So ends carry the name, and a slice without length is one event.
/// Chrome's viewer finds the slice of a flow by the instant, and where one slice ends when the next begins it finds the
/// first. So a flow arrives a nanosecond behind the begin of its slice.
public final class ChromeWriter: TrackWriter {
  /// A slice that has begun at `now`.
  private struct Fresh {
    var track: Track
    var name: String
    var arguments: [EventField]
    var flow: FlowStep?
  }

  private let file: ExportFile
  private var hasEvents = false
  private var scene = TrackScene(module: "", partitions: [], processes: [])
  /// Process and thread of a track, as JSON.
  private var places: [Track: String] = [:]
  /// The instant of what is told, and the slices that began at it: they are not written before time goes on.
  private var now: UInt64 = 0
  private var fresh: [Fresh] = []
  /// Names of the slices that are open on a track, the innermost last.
  private var open: [Track: [String]] = [:]

  /// What went wrong in the file.
  public var failure: ExportFailure? { file.failure }

  /// Nothing is written before `declare`.
  public init(_ file: ExportFile) { self.file = file }

  /// Writes the beginning of the JSON: the module, and names and order of processes and threads.
  public func declare(_ scene: TrackScene) {
    self.scene = scene
    file.write("{\"displayTimeUnit\":\"ns\",\"otherData\":{\"recordedBy\":\"Partita\",\"module\":")
    file.write(EventField.quoted(scene.module) + "},\"traceEvents\":[")
    name("process", Self.process(nil), 0, "module \(scene.module)", order: 0)
    for (index, partition) in scene.partitions.enumerated() {
      name("process", Self.process(index), 0, partition, order: index + 1)
    }
    for track in scene.tracks {
      let process = Self.process(scene.owner(of: track))
      let thread = track.topic == .process ? 100 + track.index : Int(track.topic.rawValue) + 1
      places[track] = "\"pid\":\(process),\"tid\":\(thread)"
      guard !track.isCounter else { continue }
      name("thread", process, thread, scene.title(of: track), order: thread)
    }
  }

  private static func process(_ partition: Int?) -> Int { partition.map { $0 + 2 } ?? 1 }

  private func name(_ what: String, _ process: Int, _ thread: Int, _ text: String, order: Int) {
    let place = "\"pid\":\(process),\"tid\":\(thread)"
    write("{\"ph\":\"M\",\(place),\"name\":\"\(what)_name\",\"args\":{\"name\":\(EventField.quoted(text))}}")
    write("{\"ph\":\"M\",\(place),\"name\":\"\(what)_sort_index\",\"args\":{\"sort_index\":\(order)}}")
  }

  private func write(_ object: String) { write { $0.put(object) } }

  private func write(_ object: (inout TextBytes) -> Void) {
    let hadEvents = hasEvents
    hasEvents = true
    file.write { text in
      text.put(hadEvents ? ",\n" : "\n")
      object(&text)
    }
  }

  /// Puts nanoseconds as microseconds.
  static func put(microseconds nanoseconds: UInt64, to text: inout TextBytes) {
    text.put(nanoseconds / 1000)
    text.put(byte: 0x2E)
    text.put(nanoseconds % 1000, least: 3)
  }

  private func put(head phase: String, _ track: Track, _ time: UInt64, to text: inout TextBytes) {
    text.put("{\"ph\":\"")
    text.put(phase)
    text.put("\",")
    text.put(places[track] ?? "")
    text.put(",\"ts\":")
    Self.put(microseconds: time, to: &text)
  }

  private static func put(_ track: Track, called name: String, to text: inout TextBytes) {
    text.put(",\"cat\":\"")
    text.put(track.topic.name)
    text.put("\",\"name\":")
    text.put(quoted: name)
  }

  private static func put(_ fields: [EventField], to text: inout TextBytes) {
    guard !fields.isEmpty else { return }
    text.put(",\"args\":{")
    for (index, field) in fields.enumerated() {
      if index > 0 { text.put(byte: 0x2C) }
      field.write(jsonTo: &text)
    }
    text.put("}")
  }

  private func writeFlow(_ phase: String, _ track: Track, _ identifier: UInt64, bindsToSlice: Bool, at time: UInt64) {
    write { text in
      put(head: phase, track, time, to: &text)
      if bindsToSlice { text.put(",\"bp\":\"e\"") }
      text.put(",\"cat\":\"mark\",\"name\":\"mark\",\"id\":")
      text.put(identifier)
      text.put("}")
    }
  }

  // MARK: Slices

  /// Time goes on, so what began at `now` has a length.
  private func move(to time: UInt64) {
    guard time != now else { return }
    for slice in fresh {
      write { text in
        put(head: "B", slice.track, now, to: &text)
        Self.put(slice.track, called: slice.name, to: &text)
        Self.put(slice.arguments, to: &text)
        text.put("}")
      }
    }
    // Within the slice if it has an instant that is neither its first nor its last.
    let within = time > now && time - now > 1 ? now + 1 : now
    for slice in fresh { arrive(slice, at: within) }
    fresh.removeAll(keepingCapacity: true)
    now = time
  }

  private func arrive(_ slice: Fresh, at time: UInt64) {
    guard let flow = slice.flow else { return }
    writeFlow(flow.isLast ? "f" : "t", slice.track, flow.identifier, bindsToSlice: flow.isLast, at: time)
  }

  /// A slice that takes no time.
  private func writeWhole(_ track: Track, _ name: String, _ arguments: [EventField], at time: UInt64) {
    write { text in
      put(head: "X", track, time, to: &text)
      text.put(",\"dur\":0")
      Self.put(track, called: name, to: &text)
      Self.put(arguments, to: &text)
      text.put("}")
    }
  }

  /// Begins a slice, which is written when time has gone on or the slice has ended.
  public func begin(_ track: Track, _ name: String, _ arguments: [EventField], flow: FlowStep?, at time: UInt64) {
    move(to: time)
    open[track, default: []].append(name)
    fresh.append(Fresh(track: track, name: name, arguments: arguments, flow: flow))
  }

  /// Ends the innermost slice that is open on the track; one without length is written whole.
  public func end(_ track: Track, _ arguments: [EventField], at time: UInt64) {
    move(to: time)
    guard let name = open[track]?.popLast() else { return }
    if let index = fresh.lastIndex(where: { $0.track == track }) {
      let slice = fresh.remove(at: index)
      writeWhole(track, name, slice.arguments + arguments, at: time)
      return arrive(slice, at: time)
    }
    write { text in
      put(head: "E", track, time, to: &text)
      text.put(",\"name\":")
      text.put(quoted: name)
      Self.put(arguments, to: &text)
      text.put("}")
    }
  }

  /// Writes an instant; one where a flow begins is a slice without length, for a flow needs one.
  public func instant(
    _ track: Track, _ name: String, _ arguments: [EventField], beginsFlow: UInt64?, at time: UInt64
  ) {
    move(to: time)
    if let beginsFlow {
      // A flow needs a slice to begin in.
      writeWhole(track, name, arguments, at: time)
      return writeFlow("s", track, beginsFlow, bindsToSlice: false, at: time)
    }
    write { text in
      put(head: "i", track, time, to: &text)
      text.put(",\"s\":\"t\"")
      Self.put(track, called: name, to: &text)
      Self.put(arguments, to: &text)
      text.put("}")
    }
  }

  /// Writes a counter's new value, as `waiting`.
  public func count(_ track: Track, _ value: UInt64, at time: UInt64) {
    move(to: time)
    // The viewer calls it by both names: marks waiting.
    write { text in
      put(head: "C", track, time, to: &text)
      text.put(",\"name\":\"marks\",\"args\":{\"waiting\":")
      text.put(value)
      text.put("}}")
    }
  }

  /// Writes nothing: Chrome's viewer has no scheduling of its own, the tracks 'ring 3' and 'windows' show it.
  public func schedule(from: UInt8?, to: UInt8?, isReady: Bool, at time: UInt64) {}
  /// Writes nothing: the track 'windows' shows when a partition is woken.
  public func wake(_ partition: UInt8, at time: UInt64) {}
  /// Writes nothing: the track 'events lost' shows where events are missing.
  public func noteLoss() {}

  /// Writes the slices of the last instant and the end of the JSON.
  public func finish() {
    move(to: .max)
    file.write("\n]}\n")
    file.flush()
  }
}

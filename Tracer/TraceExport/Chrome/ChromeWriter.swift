import TraceReading

/// The JSON of Chrome's trace viewer (`about:tracing`), which Perfetto, Speedscope and others read too.
///
/// Instants are in microseconds with three decimals, so nothing is rounded. A partition is a process, a track is one of
/// its threads.
public final class ChromeWriter: TrackWriter {
  private let file: ExportFile
  private var hasEvents = false
  private var scene = TrackScene(module: "", partitions: [], processes: [])
  /// Process and thread of a track, as JSON.
  private var places: [Track: String] = [:]

  public var failure: ExportFailure? { file.failure }

  public init(_ file: ExportFile) { self.file = file }

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

  private func write(_ object: String) {
    file.write(hasEvents ? ",\n" : "\n")
    hasEvents = true
    file.write(object)
  }

  /// Nanoseconds as microseconds.
  static func microseconds(_ nanoseconds: UInt64) -> String {
    let fraction = String(nanoseconds % 1000)
    return "\(nanoseconds / 1000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
  }

  private func head(_ phase: String, _ track: Track, _ time: UInt64) -> String {
    "{\"ph\":\"\(phase)\",\(places[track] ?? ""),\"ts\":\(Self.microseconds(time))"
  }

  private static func arguments(_ fields: [EventField]) -> String {
    fields.isEmpty ? "" : ",\"args\":{\(fields.map(\.json).joined(separator: ","))}"
  }

  public func begin(_ track: Track, _ name: String, _ arguments: [EventField], flow: FlowStep?, at time: UInt64) {
    write(
      head("B", track, time) + ",\"cat\":\"\(track.topic)\",\"name\":\(EventField.quoted(name))"
        + Self.arguments(arguments) + "}")
    guard let flow else { return }
    let step = flow.isLast ? head("f", track, time) + ",\"bp\":\"e\"" : head("t", track, time)
    write(step + ",\"cat\":\"mark\",\"name\":\"mark\",\"id\":\(flow.identifier)}")
  }

  public func end(_ track: Track, _ arguments: [EventField], at time: UInt64) {
    write(head("E", track, time) + Self.arguments(arguments) + "}")
  }

  public func instant(
    _ track: Track, _ name: String, _ arguments: [EventField], beginsFlow: UInt64?, at time: UInt64
  ) {
    guard let beginsFlow else {
      return write(
        head("i", track, time) + ",\"s\":\"t\",\"cat\":\"\(track.topic)\",\"name\":\(EventField.quoted(name))"
          + Self.arguments(arguments) + "}")
    }
    // A flow needs a slice to begin in: one that takes no time.
    begin(track, name, arguments, flow: nil, at: time)
    write(head("s", track, time) + ",\"cat\":\"mark\",\"name\":\"mark\",\"id\":\(beginsFlow)}")
    end(track, [], at: time)
  }

  public func count(_ track: Track, _ value: UInt64, at time: UInt64) {
    // The viewer calls it by both names: marks waiting.
    write(head("C", track, time) + ",\"name\":\"marks\",\"args\":{\"waiting\":\(value)}}")
  }

  // Chrome's viewer has no scheduling of its own: the tracks 'ring 3' and 'windows' show it.
  public func schedule(from: UInt8?, to: UInt8?, isReady: Bool, at time: UInt64) {}
  public func wake(_ partition: UInt8, at time: UInt64) {}
  public func noteLoss() {}

  public func finish() {
    file.write("\n]}\n")
    file.flush()
  }
}

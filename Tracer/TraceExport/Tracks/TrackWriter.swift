import TraceReading

/// Writes what stands on tracks in the format of one viewer.
public protocol TrackWriter: AnyObject {
  var failure: ExportFailure? { get }
  /// Names everything that will be told of. Comes first.
  func declare(_ scene: TrackScene)
  func begin(_ track: Track, _ name: String, _ arguments: [EventField], flow: FlowStep?, at time: UInt64)
  func end(_ track: Track, _ arguments: [EventField], at time: UInt64)
  func instant(_ track: Track, _ name: String, _ arguments: [EventField], beginsFlow: UInt64?, at time: UInt64)
  func count(_ track: Track, _ value: UInt64, at time: UInt64)
  /// The CPU goes from one partition to another; 255 is the idle loop, nil means that nobody knows.
  func schedule(from: UInt8?, to: UInt8?, isReady: Bool, at time: UInt64)
  /// A partition's window begins: it is ready to run.
  func wake(_ partition: UInt8, at time: UInt64)
  /// Events are missing before what comes next.
  func noteLoss()
  func finish()
}

/// Where an arrow arrives that began at an instant.
public struct FlowStep: Equatable, Sendable {
  /// What the instant was given.
  public var identifier: UInt64
  /// Whether it goes nowhere else from there.
  public var isLast: Bool
}

/// Who is on the stage: names for module, partitions and processes.
public struct TrackScene: Sendable {
  /// As the table names the module.
  public var module: String
  /// Names of the partitions, by index.
  public var partitions: [String]
  /// The processes of the module table: name and partition.
  public var processes: [(name: String, partition: Int)]

  /// - Parameter processes: none where their partitions are not all among `partitions`.
  public init(module: String, partitions: [String], processes: [(name: String, partition: Int)]) {
    self.module = module
    self.partitions = partitions
    self.processes = processes
  }

  /// Every track there is.
  public var tracks: [Track] {
    var tracks = Track.Topic.allCases.filter { !Track($0).isOfPartition }.map { Track($0) }
    for partition in partitions.indices {
      for topic in Track.Topic.allCases where Track(topic).isOfPartition && topic != .process {
        tracks.append(Track(topic, partition))
      }
    }
    return tracks + processes.indices.map { Track(.process, $0) }
  }

  /// The partition that a track belongs to; nil for the module's own.
  public func owner(of track: Track) -> Int? {
    guard track.isOfPartition else { return nil }
    return track.topic == .process ? processes[track.index].partition : track.index
  }

  /// What the viewer calls a track: a process's by its name.
  public func title(of track: Track) -> String {
    track.topic == .process ? "process \(processes[track.index].name)" : track.title
  }
}

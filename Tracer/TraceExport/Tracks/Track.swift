/// A horizontal line of a trace viewer: something that has slices, instants or values.
public struct Track: Hashable, Sendable {
  /// What a track shows. The order is that in the viewers, and parts the module's tracks from those of partitions.
  public enum Topic: UInt8, CaseIterable, Sendable {
    // Of the module.
    case frames, kernel, interrupts, gaps, moduleEvents
    // Of a partition.
    case cpu, windows, hypercalls, upcalls, mode, events, waitingMarks
    // Of a process of the module table.
    case process

    /// The topic in one word.
    public var name: String { Self.names[Int(rawValue)] }
    // Made once: by millions of events, asking a case for its name is slow.
    private static let names = allCases.map { "\($0)" }
  }
  /// What it shows.
  public var topic: Topic
  /// The partition's index, or the process's among the table's; 0 for the module's own.
  public var index: Int

  /// The module's own has no index.
  public init(_ topic: Topic, _ index: Int = 0) {
    self.topic = topic
    self.index = index
  }

  /// What the viewer calls it.
  public var title: String {
    switch topic {
    case .frames: "major frames"
    case .kernel: "kernel"
    case .interrupts: "interrupts"
    case .gaps: "events lost"
    case .moduleEvents: "module events"
    case .cpu: "ring 3"
    case .windows: "windows"
    case .hypercalls: "hypercalls"
    case .upcalls: "upcalls"
    case .mode: "operating mode"
    case .events: "events"
    case .waitingMarks: "marks waiting"
    case .process: "process"
    }
  }

  /// Whether the track has values instead of slices.
  public var isCounter: Bool { topic == .waitingMarks }
  /// Whether `index` says whose it is: a partition's track or a process's.
  public var isOfPartition: Bool { topic.rawValue >= Topic.cpu.rawValue }
}

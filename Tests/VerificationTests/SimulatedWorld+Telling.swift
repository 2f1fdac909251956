import APEXTypes
import ModuleConfiguration
import PartitionCore
import TestSeeds
import TraceFormat

@testable import Verification

extension SampleModule {
  /// The same with processes of three partitions, most of them told of; some with longer periods, or deadlines
  /// that may end in the next one.
  static func telling() throws -> SampleModule {
    try working([
      .init(owner: control, name: "law", period: frame, deadline: 1_800_000, completion: .yield),
      .init(owner: control, name: "filter", period: frame, deadline: 9_900_000),
      .init(owner: control, name: "plan", period: 2 * frame, deadline: 15_000_000),
      .init(owner: sensors, name: "scan", period: frame, deadline: 8_000_000),
      .init(owner: sensors, name: "log", period: 3 * frame, deadline: 28_000_000, completion: .yield),
      .init(owner: loader, name: "poll", period: frame, deadline: 9_800_000),
      .init(owner: loader, name: "sum", period: 2 * frame, deadline: 19_900_000),
    ])
  }

  /// The claims on its processes.
  static let told = [
    "Control.law", "Control.filter", "Control.plan", "Sensors.scan", "Sensors.log", "Loader.poll", "Loader.sum",
  ].map { "process.deadline.\($0)" }
}

extension SimulatedWorld {
  /// A world whose partitions tell of their processes.
  convenience init(telling module: SampleModule, seed: UInt64) {
    self.init(module, seed: seed)
    tellers = (0..<4).map { Teller(of: $0, module.table) }
  }

  /// A trace in which all processes keep their deadlines, of this seed or another one; none if that is not found.
  static func told(_ module: SampleModule, seed: UInt64, until stop: UInt64) -> [TraceEvent]? {
    var generator = SeededGenerator(seed: seed)
    var late: [String] = []
    for _ in 0..<20 {
      let events = SimulatedWorld(telling: module, seed: generator.next()).run(until: stop)
      let failed = report(events, module).identifiers(.fail).filter { SampleModule.told.contains($0) }
      if failed.isEmpty { return events }
      late += failed
    }
    print("no world of seed \(seed) keeps its processes' deadlines: \(late)")
    return nil
  }

  /// The window that a partition is in.
  private func window(of index: Int) -> Teller.Window? {
    let opened = recorder.events.last { $0.knownKind == .windowStart && Int($0.partition) == index }
    guard let opened else { return nil }
    let (start, end) = (opened.words.w0, opened.words.w1)
    switch opened.operand {
    // Sensors has two windows in a period.
    case 0: return Teller.Window(period: start, end: end, next: start + 5_000_000)
    case 2: return Teller.Window(period: start - 5_000_000, end: end, next: start + 5_000_000)
    default: return Teller.Window(period: start, end: end, next: start + Module.frame)
    }
  }

  /// What a partition's scheduler does, where it has one that does something now.
  func telling(_ partition: PartitionIndex, _ exit: UInt64, at instant: UInt64) -> Decision? {
    let index = Int(partition.rawValue)
    guard tellers != nil, let window = window(of: index) else { return nil }
    switch tellers![index].deed(at: instant, in: window, &generator) {
    case .tell(let telling):
      let keys = UInt64(telling.to.rawValue) << 32 | UInt64(telling.from.rawValue)
      let state = UInt64(telling.state!.rawValue)
      return call(.tellProcess, partition, exit, instant, [keys, state, UInt64(bitPattern: telling.age)])
    case .yield: return call(.yield, partition, exit, instant)
    case .other: return nil
    }
  }
}

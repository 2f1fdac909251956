import StoredTraces
import TemporaryFolder
import Testing
import TraceExport
import TraceFormat

/// Field numbers here are Perfetto's own, from its published format, and not the encoder's constants.
@Suite struct PerfettoTests {
  struct Contents {
    /// Track names by identifier.
    var tracks: [UInt64: String] = [:]
    var processes: [UInt64: String] = [:]
    var counters: Set<UInt64> = []
    /// "time B name", "time E", "time I name", "time C value", by track's name.
    var lines: [String: [String]] = [:]
    var flowsBegun: [UInt64] = []
    var flowsContinued: [UInt64] = []
    var flowsEnded: [UInt64] = []
    /// "time previous next state"
    var switches: [String] = []
    var wakings: [String] = []
    var lossFlags = 0
    var annotations: [String: Set<String>] = [:]
  }

  static func contents(_ trace: [UInt8], from: UInt64 = 0, to: UInt64 = .max) throws -> Contents {
    let folder = try TemporaryFolder()
    try export(trace, from: from, to: to) { reader in
      TrackExporter(PerfettoWriter(try ExportFile(creating: folder.file("run.pftrace"))), reader)
    }
    var contents = Contents()
    for (number, value) in try ProtobufReader(folder.bytes("run.pftrace")).fields {
      guard number == 1, case .bytes(let bytes) = value else { throw ProtobufReader.Malformed() }
      try add(try ProtobufReader(bytes), to: &contents)
    }
    return contents
  }

  private static func add(_ packet: ProtobufReader, to contents: inout Contents) throws {
    #expect(packet.numbers.isSubset(of: [1, 8, 10, 11, 42, 60]))
    if packet.number(42) == 1 { contents.lossFlags += 1 }
    if let track = try packet.message(60) {
      let identifier = try #require(track.number(1))
      #expect(contents.tracks[identifier] == nil, "two tracks have one identifier")
      if let process = try track.message(3) {
        contents.processes[identifier] = process.text(6)
        contents.tracks[identifier] = "process \(process.number(1) ?? 0)"
      } else {
        let owner: UInt64
        if let thread = try track.message(4) {
          #expect(thread.number(1) == thread.number(2))
          owner = try #require(thread.number(1))
        } else {
          owner = try #require(track.number(5)) >> 16
        }
        contents.tracks[identifier] = "\(owner) \(track.text(2) ?? "")"
        if try track.message(8) != nil { contents.counters.insert(identifier) }
      }
    } else if let event = try packet.message(11) {
      try add(event, at: try #require(packet.number(8)), to: &contents)
    } else if let bundle = try packet.message(1) {
      try addScheduling(bundle, to: &contents)
    } else {
      Issue.record("a packet holds nothing known")
    }
  }

  private static func add(_ event: ProtobufReader, at time: UInt64, to contents: inout Contents) throws {
    let identifier = try #require(event.number(11))
    let track = try #require(contents.tracks[identifier], "an event stands on no track")
    let name = event.text(23) ?? ""
    let line: String
    switch event.number(9) {
    case 1: line = "\(time) B \(name)"
    case 2: line = "\(time) E"
    case 3: line = "\(time) I \(name)"
    case 4:
      #expect(contents.counters.contains(identifier))
      line = "\(time) C \(try #require(event.number(30)))"
    default: throw ProtobufReader.Malformed()
    }
    contents.lines[track, default: []].append(line)
    // An instant begins a flow; on a slice it goes on.
    if let flow = event.number(47) {
      if event.number(9) == 3 { contents.flowsBegun.append(flow) } else { contents.flowsContinued.append(flow) }
    }
    if let flow = event.number(48) { contents.flowsEnded.append(flow) }
    for case (4, .bytes(let bytes)) in event.fields {
      let annotation = try ProtobufReader(bytes)
      let value = annotation.text(6) ?? annotation.number(3).map { "\($0)" } ?? ""
      contents.annotations[name, default: []].insert("\(annotation.text(10) ?? "")=\(value)")
    }
  }

  private static func addScheduling(_ bundle: ProtobufReader, to contents: inout Contents) throws {
    #expect(bundle.number(1) == 0)
    let event = try #require(try bundle.message(2))
    let time = try #require(event.number(1))
    if let change = try event.message(4) {
      let state = change.number(4) == 0 ? "ready" : "asleep"
      contents.switches.append("\(time) \(change.number(2) ?? 99) \(change.number(6) ?? 99) \(state)")
      #expect(change.text(1) != nil && change.text(5) != nil)
    } else {
      let waking = try #require(try event.message(20))
      contents.wakings.append("\(time) \(waking.number(2) ?? 99)")
    }
    if bundle.number(3) == 1 { contents.lossFlags += 1 }
  }

  // MARK: Tests

  @Test func aFrameByHeart() throws {
    let contents = try Self.contents(SmallStory.file(SmallStory.whole))
    #expect(contents.processes[101 << 16] == SmallModule.partitionNames[0])
    #expect(contents.processes[1000 << 16] == "module Small, \"quoted\"")
    #expect(contents.lines["101 windows"] == ["130 B window 0", "1980100 E"])
    #expect(contents.lines["102 windows"] == ["1980200 B window 1", "3000100 E"])
    #expect(
      contents.lines["101 ring 3"] == [
        "1000 B running", "5000 E", "5500 B running", "8000 E", "8400 B running", "9000 E", "9350 B running",
        "1980000 E",
      ])
    #expect(contents.lines["101 upcalls"] == ["8200 B 40 RTC", "9050 E"])
    #expect(contents.lines["101 hypercalls"] == ["5000 B writeSamplingMessage", "5500 E"])
    #expect(contents.lines["101 marks waiting"] == ["8100 C 1", "8200 C 0"])
    #expect(contents.lines["102 marks waiting"] == ["9100 C 1"])
    #expect(contents.lines["1000 interrupts"] == ["8000 B 40 RTC", "8150 E", "9000 B 40 RTC", "9150 E"])
    #expect(contents.lines["102 process \(SmallModule.processName)"] == ["1980200 B released", "2500000 E"])
    #expect(contents.lines["1000 major frames"] == ["120 B frame 0", "3000100 E"])
    // Position 11, moved by one: 0 is no flow.
    #expect(contents.flowsBegun == [12, 18] && contents.flowsEnded == [12])
    #expect(contents.switches == ["140 0 101 asleep", "1980300 101 102 ready", "2500200 102 103 asleep"])
    #expect(contents.wakings == ["130 101", "1980200 102"])
    #expect(contents.lossFlags == 0)
    #expect(contents.annotations["40 RTC"]?.isSuperset(of: ["vector=40 RTC", "coalesced=1", "position=13"]) == true)
    // A time's name says its unit.
    #expect(contents.annotations["window 0"] == ["startNs=1000", "endNs=2001000", "position=4"])
    #expect(contents.annotations["frame 0"] == ["schedule=0", "startNs=1000", "position=3"])
    #expect(contents.annotations["normal"]?.contains("position=2") == true)
    #expect(contents.annotations["writeSamplingMessage"]?.contains("resumedNs=850") == true)
  }

  @Test func aMarkOfSeveralUpcallsHasAnArrowToEach() throws {
    let contents = try Self.contents(SmallStory.file(SmallStory.threefold))
    #expect(contents.flowsBegun == [12, 16])
    #expect(contents.flowsContinued == [12, 12] && contents.flowsEnded == [12])
  }

  @Test func anIdlePartitionSleeps() throws {
    let contents = try Self.contents(SmallStory.file(SmallStory.idled))
    #expect(contents.switches.contains("8100 101 103 asleep"))
    #expect(contents.wakings == ["130 101"], "its second window does not wake it")
    #expect(contents.lines["101 windows"]?.contains("3000200 B window 0") == true)
  }

  @Test func aLossIsAGap() throws {
    let contents = try Self.contents(SmallStory.file(SmallStory.lossy))
    #expect(contents.lines["1000 events lost"] == ["8300 B 7 events lost", "1980000 E"])
    // Once for each sequence of packets.
    #expect(contents.lossFlags == 2)
    #expect(contents.lines["101 upcalls"] == ["8200 B 40 RTC", "8300 E"])
    #expect(contents.switches.contains("8300 101 9999 ready"))
    #expect(contents.switches.contains("1980000 9999 101 ready"))
  }

  @Test(arguments: [31, 32, 33] as [UInt64]) func slicesAreBalancedAndSwitchesJoin(seed: UInt64) throws {
    for trace in [try WorldTraces.file(seed: seed), try WorldTraces.damagedFile(seed: seed)] {
      let contents = try Self.contents(trace)
      for (track, lines) in contents.lines {
        var depth = 0
        var last: UInt64 = 0
        for line in lines {
          let parts = line.split(separator: " ")
          if parts[1] == "B" { depth += 1 }
          if parts[1] == "E" { depth -= 1 }
          #expect(depth >= 0, "\(track), seed \(seed)")
          #expect(last <= UInt64(parts[0])!, "\(track), seed \(seed)")
          last = UInt64(parts[0])!
        }
        #expect(depth == 0, "\(track), seed \(seed)")
      }
      let threads = contents.switches.map { $0.split(separator: " ").map(String.init) }
      #expect(threads.count > 3)
      for (one, next) in zip(threads, threads.dropFirst()) { #expect(one[2] == next[1], "seed \(seed)") }
      let joined = contents.flowsContinued + contents.flowsEnded
      #expect(Set(joined).isSubset(of: Set(contents.flowsBegun)), "seed \(seed)")
      #expect(Set(contents.flowsEnded).count == contents.flowsEnded.count, "a flow ends once, seed \(seed)")
      #expect(Set(contents.flowsBegun).count == contents.flowsBegun.count)
    }
  }
}

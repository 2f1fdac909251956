import StoredTraces
import TemporaryFolder
import Testing
import TraceExport
import TraceFormat

@Suite struct VCDTests {
  /// A reader of value change dumps: signals by their full name, with every change.
  struct Waves {
    struct Malformed: Error { var line: String }
    var changes: [String: [(time: UInt64, value: String)]] = [:]
    var timescale = ""

    init(_ text: String) throws {
      var names: [String: (name: String, bits: Int)] = [:]
      var scopes: [String] = []
      var time: UInt64?
      for line in text.split(separator: "\n") {
        let words = line.split(separator: " ").map(String.init)
        switch words[0] {
        case "$timescale": timescale = words[1...2].joined(separator: " ")
        case "$scope": scopes.append(words[2])
        case "$upscope": scopes.removeLast()
        case "$var":
          guard words.last == "$end", names[words[3]] == nil else { throw Malformed(line: String(line)) }
          names[words[3]] = ((scopes.dropFirst() + [words[4]]).joined(separator: "."), Int(words[2])!)
        case "$version", "$comment", "$enddefinitions", "$dumpvars", "$end": break
        case let word where word.hasPrefix("#"):
          guard let next = UInt64(word.dropFirst()), next > time ?? 0 || time == nil else {
            throw Malformed(line: String(line))
          }
          time = next
        case let word:
          let isVector = word.hasPrefix("b")
          let identifier = isVector ? words[1] : String(word.dropFirst())
          let value = isVector ? String(word.dropFirst()) : String(word.prefix(1))
          guard let (name, bits) = names[identifier], let time, isVector == (bits > 1), value.count <= bits,
            value.allSatisfy({ "01x".contains($0) })
          else { throw Malformed(line: String(line)) }
          changes[name, default: []].append((time, value))
        }
      }
    }

    /// The value of a signal just after everything at `time`: a number, or "x".
    func value(_ name: String, at time: UInt64) -> String {
      let value = changes[name]?.last { $0.time <= time }?.value ?? "?"
      return UInt64(value, radix: 2).map { "\($0)" } ?? value
    }
  }

  static func waves(_ trace: [UInt8], from: UInt64 = 0, to: UInt64 = .max) throws -> Waves {
    let folder = try TemporaryFolder()
    try export(trace, from: from, to: to) { VCDExporter(try ExportFile(creating: folder.file("run.vcd")), $0) }
    return try Waves(try folder.text("run.vcd"))
  }

  static let one = "Sen_sors___A"
  static let two = "Contr_l"

  @Test func aFrameByHeart() throws {
    let waves = try Self.waves(SmallStory.file(SmallStory.whole))
    #expect(waves.timescale == "1 ns")
    #expect(waves.changes.keys.filter { $0.hasPrefix("lines.") }.count == 16)
    #expect(waves.changes["lines.line9"] != nil, "a line without a name has its number only")
    for (name, time, expected) in [
      ("kernel", 999, "1"), ("kernel", 1000, "0"), ("kernel", 5000, "1"), ("kernel", 5500, "0"), ("running", 200, "1"),
      ("running", 1_980_300, "2"), ("running", 2_500_200, "3"), ("frame", 119, "x"), ("frame", 120, "0"),
      ("lost", 8000, "0"), ("lines.line8_RTC", 7999, "0"), ("lines.line8_RTC", 8000, "1"),
      ("lines.line8_RTC", 8149, "1"), ("lines.line8_RTC", 8150, "0"), ("\(Self.one).window", 130, "1"),
      ("\(Self.one).window", 1_980_100, "0"), ("\(Self.one).ring3", 1000, "1"), ("\(Self.one).ring3", 5000, "0"),
      ("\(Self.one).marks", 8100, "1"), ("\(Self.one).marks", 8200, "0"), ("\(Self.one).upcalls", 8200, "1"),
      ("\(Self.one).upcalls", 9050, "0"), ("\(Self.one).mode", 110, "3"), ("\(Self.two).mode", 110, "x"),
      ("\(Self.two).marks", 2_000_000, "1"), ("\(Self.two).window", 1_980_200, "1"),
    ] as [(String, UInt64, String)] {
      #expect(waves.value(name, at: time) == expected, "\(name) at \(time)")
    }
  }

  @Test func nothingIsKnownWhereEventsAreMissing() throws {
    let waves = try Self.waves(SmallStory.file(SmallStory.lossy))
    for name in ["kernel", "running", "frame", "lines.line8_RTC", "\(Self.one).window", "\(Self.one).upcalls"] {
      #expect(waves.value(name, at: 8500) == "x", "\(name)")
    }
    #expect(waves.value("lost", at: 8299) == "0")
    #expect(waves.value("lost", at: 8500) == "1")
    #expect(waves.value("lost", at: 1_980_000) == "0")
    #expect(waves.value("running", at: 1_980_000) == "1")
    #expect(waves.value("\(Self.one).upcalls", at: 1_980_000) == "x")
    // The CPU is in the kernel, so nobody executes, and no other line is being handled.
    #expect(waves.value("\(Self.two).ring3", at: 1_979_999) == "x")
    #expect(waves.value("\(Self.two).ring3", at: 1_980_000) == "0")
    #expect(waves.value("lines.line8_RTC", at: 1_980_000) == "0")
  }

  /// Nothing is known of what follows, neither behind the last event nor where a part ends among missing ones.
  @Test func whatEndsInAGapStaysLost() throws {
    let cut = try Self.waves(SmallStory.file(SmallStory.body))
    #expect(cut.value("lost", at: 3_000_099) == "0" && cut.value("lost", at: 3_000_100) == "1")
    #expect(cut.value("running", at: 3_000_100) == "x")
    let part = try Self.waves(SmallStory.file(SmallStory.lossy), to: 1_000_000)
    #expect(part.value("lost", at: 8299) == "0" && part.value("lost", at: 1_000_000) == "1")
  }

  @Test(arguments: [71, 72, 73] as [UInt64]) func wavesCanAlwaysBeRead(seed: UInt64) throws {
    for trace in [try WorldTraces.file(seed: seed), try WorldTraces.damagedFile(seed: seed)] {
      let waves = try Self.waves(trace)
      #expect(waves.changes.count > 30)
      // No more than one partition executes, and none while the CPU is in the kernel.
      let rings = waves.changes.keys.filter { $0.hasSuffix(".ring3") }
      for (time, _) in waves.changes["kernel"] ?? [] {
        let executing = rings.filter { waves.value($0, at: time) == "1" }.count
        #expect(executing <= (waves.value("kernel", at: time) == "1" ? 0 : 1), "at \(time), seed \(seed)")
      }
    }
  }
}

import Foundation
import ModuleConfiguration
import PartitionCore
import SimulatedModule
import TemporaryFolder
import Terminal
import TestSeeds
import Testing
import TraceFormat
import TraceReading

@testable import Live

/// Live figures over runs of a seeded world, against counts made by hand.
@Suite struct LiveFiguresTests {
  let seed: UInt64
  let module: SimulatedModule
  let events: [TraceEvent]

  /// A run of more frames than are kept: the module does not end early by its own health table.
  private static let run = Result {
    var description = ModuleDescription.lively
    for index in description.healthActions.indices { description.healthActions[index].moduleAction = .ignore }
    let module = try SimulatedModule(description)
    let run = RecordedWorld<OwnersMarked>.run(
      module, after: TestSeed.draw(), until: 800_000_000, inputs: 80_000
    ) { $0.count { $0.knownKind == .majorFrameStart } > 60 }
    return (module: module, seed: run.seed, events: run.events)
  }

  init() throws { (module, seed, events) = try Self.run.get() }

  private func figures(_ events: [TraceEvent]) -> LiveFigures {
    var figures = LiveFigures(module.table)
    for (position, event) in events.enumerated() { figures.add(event, position: UInt64(position)) }
    return figures
  }

  private func lines(_ figures: LiveFigures) -> [StyledLine] {
    LiveScreen(figures, figures.claims, module.table, .init(state: "test", bytes: 1), width: 100).lines(height: 40)
  }

  @Test func framesKeptAreTheLastOnesWithTheirCounts() throws {
    let figures = figures(events)
    let starts = events.indices.filter { events[$0].kind == EventKind.majorFrameStart.rawValue }
    try #require(starts.count > 60, "seed \(seed)")
    let kept = figures.frames
    #expect(kept.count == LiveFigures.keptFrameCount && figures.frameCount == UInt64(starts.count))
    for (offset, frame) in kept.enumerated() {
      let place = starts.count - 1 - kept.count + offset
      let inside = events[(starts[place] + 1)...starts[place + 1]]
      #expect(frame.events == inside.count)
      #expect(frame.marks.reduce(0, +) == UInt64(inside.count { $0.kind == EventKind.mark.rawValue }))
      #expect(frame.upcalls.reduce(0, +) == UInt64(inside.count { $0.kind == EventKind.upcallWritten.rawValue }))
      #expect(frame.hypercalls.reduce(0, +) == UInt64(inside.count { $0.kind == EventKind.hypercall.rawValue }))
      #expect(frame.ringThree.reduce(0, +) <= frame.end - frame.start)
      for (stay, next) in zip(frame.stays, frame.stays.dropFirst()) { #expect(stay.end <= next.start) }
    }
    #expect(figures.eventCount == UInt64(events.count))
    #expect(figures.eventsLost == 0)
  }

  @Test func lossIsCountedAndEndsTheFrame() {
    let place = events.count / 2
    var lossy = Array(events[..<place])
    lossy.append(TraceEvent(time: events[place].time, .loss, words: .init(17)))
    lossy += events[(place + 17)...]
    let figures = figures(lossy)
    #expect(figures.eventsLost == 17)
    let text = lines(figures)
    #expect(text.contains { $0.text.contains("LOST 17 events") })
  }

  /// What is missing by damage is counted as far as the trace tells, and time goes as far as the last event.
  @Test func gapsAreCountedInEvents() {
    func loss(_ missing: [UInt64?]) -> String {
      var figures = self.figures(Array(events[..<500]))
      for count in missing { figures.noteGap(missing: count) }
      return lines(figures)[2].text
    }
    #expect(loss([4087]).hasPrefix(" LOST 0 events in the recorder, 4087 by damage (1 gap)"))
    #expect(loss([40, 2]).contains(", 42 by damage (2 gaps)"))
    #expect(loss([40, nil]).contains(", at least 40 by damage (2 gaps)"))
    #expect(loss([nil]).contains(", unknown by damage (1 gap)"))
    #expect(loss([]) == " nothing lost")
    let figures = self.figures(events)
    #expect(figures.pace(after: 2) == Double(events.last?.time ?? 0) / 2e9 && figures.pace(after: 0) == nil)
  }

  /// A frame of a nanosecond, and a partition that was in ring 3 for half of all time in it.
  @Test func sharesBeyondTheWholeFillTheirRoom() {
    var figures = LiveFigures(module.table)
    let far: UInt64 = 0xF000_0000_0000_0000
    let forged = [
      TraceEvent(time: 1, .majorFrameStart, words: .init(0)), TraceEvent(time: far, .hypercall, partition: 0),
      TraceEvent(time: far, .majorFrameStart, words: .init(1)),
    ]
    for (position, event) in forged.enumerated() { figures.add(event, position: UInt64(position)) }
    #expect(figures.share(0) > 1e18)
    let lines = self.lines(figures)
    #expect(lines.contains { $0.text.contains(String(repeating: "█", count: 100 - 49 - 16)) })
  }

  @Test func numbersOfAnySizeAreShown() {
    #expect(LiveScreen.whole(1234.5) == "1235" && LiveScreen.whole(-0.4) == "0")
    for value in [1e19, -1e19, .infinity, .nan, .greatestFiniteMagnitude] as [Double] {
      #expect(LiveScreen.whole(value) == "–")
    }
    let rule = FloatingPointRoundingRule.up
    for value in [1, 1.5, 1e300, .infinity] as [Double] { #expect(LiveScreen.filled(value, of: 12, rule) == 12) }
    for value in [0, -1, -1e300, -.infinity, .nan] as [Double] {
      #expect(LiveScreen.filled(value, of: 12, rule) == 0)
    }
    #expect(LiveScreen.filled(0.01, of: 12, rule) == 1 && LiveScreen.filled(0.5, of: 12, rule) == 6)
  }

  @Test func screenFitsEverySize() {
    for share in [0, 1, 10, 50, 100] {
      let figures = figures(Array(events[..<(events.count * share / 100)]))
      for (width, height) in [(60, 12), (80, 24), (200, 60)] {
        let lines = LiveScreen(
          figures, figures.claims, module.table, .init(state: "test", bytes: 1, pace: 0.5), width: width
        ).lines(height: height)
        #expect(lines.count <= height)
        for line in lines { #expect(line.rendered(width: width, isColored: false).count <= width) }
      }
    }
  }

  /// Before there is any event the screen has the windows and the names that are to come.
  @Test func beforeTheFirstEventTheModuleIsShown() throws {
    let board = LiveBoard()
    #expect(board.look { _, _, _, _ in true } == nil)
    board.prepare(for: try CarriedModuleTable(copying: module.table.bytes))
    let shown = board.look { figures, claims, table, bytes in
      LiveScreen(figures, claims, table.table, .init(state: "capturing – q ends", bytes: bytes), width: 100)
        .lines(height: 40).map(\.text)
    }
    let lines = try #require(shown)
    #expect(!board.hasBegun && lines.contains(" waiting for the first events"), "\(lines)")
    #expect(lines[0].hasSuffix(" capturing – q ends "))
    // The first frame goes by the same schedule.
    let starts = events.indices.filter { events[$0].knownKind == .majorFrameStart }
    let frame = self.lines(figures(Array(events[...starts[1]]))).map(\.text)
    #expect(frame[3].hasPrefix(" frame 0, "), "\(frame[3])")
    #expect(lines[4] == frame[4] && lines[4].hasPrefix("  schedule  ▏"), "\(lines[4])")
    for name in TraceVocabulary(module.table).partitions {
      #expect(lines.contains { $0.contains(" \(name) ") }, "\(name)")
    }
    #expect(self.lines(figures(Array(events.prefix(3)))).contains { $0.text == " no major frame is whole yet" })
  }

  /// The drainer and the idle loop have a column only where nobody else had any of it, however short.
  @Test func shortWorkIsInTheStrip() throws {
    let figures = figures(events)
    let text = try #require(lines(figures).first { $0.text.hasPrefix("  ran       ") }).text.dropFirst(12)
    let letters = LiveScreen.letters(TraceVocabulary(module.table).partitions)
    let drainer = module.table.module.drainer.rawValue
    let frame = try #require(figures.frames.last)
    let others = frame.stays.filter { $0.partition != drainer && $0.partition != WindowStrip.nobody }
    #expect(text.count == 88 && !others.isEmpty, "\(text)")
    let length = Double(frame.end - frame.start)
    for (column, letter) in text.enumerated() where letter == "·" || letter == letters[Int(drainer)] {
      let bounds = (0...1).map { frame.start + UInt64(length * Double(column + $0) / 88) }
      #expect(!others.contains { min($0.end, bounds[1]) > max($0.start, bounds[0]) }, "column \(column): \(text)")
    }
  }

  /// Two partitions in a strip are two letters, and who they are of is told.
  @Test func lettersAreEachOnePartitions() {
    #expect(LiveScreen.letters(["Deliverer", "Latest", "Drainer", "Dr"]) == ["D", "L", "r", "0"])
    let many = LiveScreen.letters((0..<32).map { "Partition \($0)" })
    #expect(Set(many).count == 32 && many.first == "P")
    let partitions = lines(figures(events)).drop { !$0.text.hasPrefix(" in ring 3") }.dropFirst()
    let vocabulary = TraceVocabulary(module.table)
    for (letter, (name, line)) in zip(LiveScreen.letters(vocabulary.partitions), zip(vocabulary.partitions, partitions))
    { #expect(line.text.hasPrefix("\(letter) \(name) "), "\(line.text)") }
  }

  /// On 60 columns the key that ends it, the modes and the numbers are there, and names are shortened before them.
  @Test func aNarrowScreenKeepsWhatCounts() throws {
    let figures = figures(events)
    let lines = LiveScreen(
      figures, figures.claims, module.table, .init(state: "the end – q quits", bytes: 1), width: 60
    ).lines(height: 60).map(\.text)
    let title = try #require(lines.first)
    #expect(title.count == 60 && title.hasSuffix(" q quits "), "\(title)")
    let head = try #require(lines.firstIndex { $0.hasSuffix(" upcalls/s mode") })
    for (line, mode) in zip(lines[(head + 1)...], figures.modes) {
      #expect(line.count <= 60 && line.hasSuffix(mode.map { " \($0)" } ?? " ?"), "\(line)")
    }
    let margins = lines.filter { $0.contains(" of ") && ($0.contains("▮") || $0.contains("▯")) }
    #expect(!margins.isEmpty && margins.allSatisfy { $0.count <= 60 }, "\(margins)")
  }

  /// A file that grows while it is read gives the same figures as the whole one.
  @Test func followedFileGivesTheWholeTrace() throws {
    var writer = TraceWriter(moduleTable: Array(module.table.bytes), eventsPerBlock: 256)
    for event in events { writer.append(event) }
    let trace = writer.finish()
    let folder = try TemporaryFolder()
    let file = try folder.write("", to: "run")
    defer { withExtendedLifetime(folder) {} }
    let follower = try #require(TraceFollower(path: file))
    let board = LiveBoard()
    board.read(path: follower.path)
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: file))
    // Cut wherever it pleases, now and then in the middle of a header.
    for start in stride(from: 0, to: trace.count, by: 7919) {
      try handle.write(contentsOf: trace[start..<min(trace.count, start + 7919)])
    }
    try handle.close()
    follower.end()
    board.wait()
    #expect(board.condition == .complete)
    #expect(board.look { figures, _, _, _ in figures.eventCount } == UInt64(events.count))
    #expect(board.look { _, _, _, bytes in bytes } == UInt64(trace.count))
  }

  /// Whoever looks while a trace is read gets the claims of the very events that the figures are of.
  @Test func claimsAreThoseOfTheFigures() throws {
    var writer = TraceWriter(moduleTable: Array(module.table.bytes), eventsPerBlock: 256)
    for event in events { writer.append(event) }
    let folder = try TemporaryFolder()
    let file = try folder.write(writer.finish(), to: "run")
    defer { withExtendedLifetime(folder) {} }
    let board = LiveBoard()
    // Slow enough that many looks meet it in the midst.
    board.read(path: file, speed: 2)
    var looks: [(events: UInt64, checked: [UInt64])] = []
    while !board.isDone {
      usleep(1000)
      guard let look = board.look({ figures, claims, _, _ in (figures.eventCount, claims.map(\.checked)) }),
        look.0 > 0, look.0 > (looks.last?.events ?? 0)
      else { continue }
      looks.append((look.0, look.1))
    }
    try #require(looks.contains { $0.events < UInt64(events.count) }, "seed \(seed)")
    for look in [looks.first, looks.dropFirst(looks.count / 2).first, looks.last] {
      guard let look else { continue }
      let wanted = figures(Array(events[..<Int(look.events)])).claims.map(\.checked)
      #expect(look.checked == wanted && wanted.contains { $0 > 0 }, "\(look.events) events, seed \(seed)")
    }
  }
}

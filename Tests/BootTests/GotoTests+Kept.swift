import CommandFolder
import Foundation
import Testing
import TraceFormat

/// Recordings that are kept for the next time.
extension GotoTests {
  /// A recording that is kept serves every event that it reaches, and is made anew for one beyond.
  @Test func aKeptRecordingIsTakenAgain() throws {
    let run = try Self.run.get()
    let marks = run.events(.mark).filter { $0.event.operand < 48 }
    let (early, late) = (try #require(marks.first), try #require(marks.last))
    let middle = marks[marks.count / 8]
    let folder = try folder()
    func go(to mark: (position: Int, event: TraceEvent)) throws -> (count: UInt64, text: String) {
      let answer = try self.go(
        folder, "run.partita \(mark.position) --images '\(BootImages.folder)' --batch --keep kept --commands commands")
      #expect(answer.status == 0, "\(answer.text)")
      return (try instructions(answer.text), answer.text)
    }
    func made() throws -> Date {
      try FileManager.default.attributesOfItem(atPath: folder.file("kept/log"))[.modificationDate] as! Date
    }
    try Self.toAndFro.write(to: folder.url("commands"), atomically: false, encoding: .utf8)
    let first = try go(to: middle)
    let log = try made()
    let label = try String(contentsOf: folder.url("kept/label.json"), encoding: .utf8)
    #expect(label.contains("partita recording 1"))
    // The same place again, and one before it: the recording is the same, and so are instruction and way back.
    let again = try go(to: middle)
    #expect(again == first)
    #expect(try go(to: early).count < first.count)
    #expect(try made() == log)
    // Beyond its end it is made anew.
    #expect(try go(to: late).count > first.count)
    #expect(try made() > log)
    #expect(try go(to: middle) == first)
    // Another emulator's recording is not taken.
    let beyond = try made()
    let current = try String(contentsOf: folder.url("kept/label.json"), encoding: .utf8)
    let others = current.replacing(/"emulator":"[^"]*"/, with: #""emulator":"another""#)
    #expect(others != current)
    try others.write(to: folder.url("kept/label.json"), atomically: false, encoding: .utf8)
    #expect(try go(to: middle) == first)
    #expect(try made() > beyond)

    // A folder with something of somebody's is left alone, whatever it is called.
    try FileManager.default.createDirectory(at: folder.url("own"), withIntermediateDirectories: false)
    for place in ["kept/mine", "own/log"] {
      try Data("mine".utf8).write(to: folder.url(place))
      let (name, file) = ((place as NSString).deletingLastPathComponent, (place as NSString).lastPathComponent)
      let refused = try self.go(folder, "run.partita 5 --images '\(BootImages.folder)' --batch --keep \(name)")
      #expect(refused.status == 2 && refused.text.contains("a recording: it has '\(file)'"), "\(refused.text)")
      #expect(try String(contentsOf: folder.url(place), encoding: .utf8) == "mine")
    }
  }

  /// A recording that somebody has cut is made anew; states that cannot be loaded are told, and what to do about it.
  @Test func aSpoiltRecordingIsToldOrMadeAnew() throws {
    let run = try Self.run.get()
    let mark = try #require(run.events(.mark).first { $0.event.operand < 48 })
    let folder = try folder()
    let arguments = "run.partita \(mark.position) --images '\(BootImages.folder)' --batch --keep kept"
    let first = try go(folder, arguments)
    #expect(first.status == 0, "\(first.text)")
    for name in ["log", "trace"] {
      let path = folder.url("kept/\(name)")
      let whole = try Data(contentsOf: path)
      var changed = whole
      changed[whole.count / 2] ^= 0xFF
      for spoilt in [whole.prefix(whole.count / 2), Data(), changed] {
        try spoilt.write(to: path)
        let again = try go(folder, arguments)
        #expect(again.status == 0 && again.text == first.text, "\(name): \(again.text)")
      }
    }
    try Data("no disk".utf8).write(to: folder.url("kept/disk"))
    let told = try go(folder, arguments)
    #expect(told.status == 2, "\(told.text)")
    #expect(told.text.contains("the recording in kept cannot be replayed") && told.text.contains("Remove that folder"))
    try FileManager.default.removeItem(at: folder.url("kept"))
    #expect(try go(folder, arguments).status == 0)
  }

  /// Both instants are told to the nanosecond: rounded as a summary has them they would be alike, and nobody would know
  /// what is wrong.
  @Test func anotherStopInstantThanTheRunsIsToldExactly() throws {
    let answer = try go(folder(), "run.partita 5 --images '\(BootImages.folder)' --batch --for 260000001ns")
    #expect(answer.status == 2)
    let complaint = "--for says 0.260000001 s, but the trace tells that its run was given 0.26 s"
    #expect(answer.text.contains(complaint), "\(answer.text)")
    #expect(try go(folder(), "run.partita 5 --images '\(BootImages.folder)' --batch --for 260ms").status == 0)
  }
}

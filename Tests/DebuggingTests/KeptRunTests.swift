import Debugging
import Foundation
import ModuleConfiguration
import Testing

/// The folder that a recording is kept in.
@Suite struct KeptRunTests {
  @Test func nothingButTheFolderItselfIsMade() throws {
    let base = NSTemporaryDirectory() + "partita-kept-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: base, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: base) }
    let program = base + "/program"
    try Data("program".utf8).write(to: URL(fileURLWithPath: program))
    let run = RepeatedRun(kernel: program, image: [1, 2, 3], stopInstant: nil, transport: .port, patience: .seconds(1))
    for name in ["none/kept", "none/none/kept", "program/kept", "program"] {
      #expect(throws: RevisitError.self, "\(name)") {
        _ = try KeptRun(in: base + "/" + name, of: run, emulator: program)
      }
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: base) == ["program"])
    let kept = try KeptRun(in: base + "/kept", of: run, emulator: program)
    #expect(kept.trace == nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: base + "/kept") == [])
    // And once more, now that it is there.
    _ = try KeptRun(in: base + "/kept", of: run, emulator: program)
  }
}

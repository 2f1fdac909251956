import Debugging
import Foundation
import ModuleConfiguration
import TemporaryFolder
import Testing

/// The folder that a recording is kept in.
@Suite struct KeptRunTests {
  @Test func nothingButTheFolderItselfIsMade() throws {
    let folder = try TemporaryFolder()
    defer { withExtendedLifetime(folder) {} }
    let program = try folder.write("program", to: "program")
    let run = RepeatedRun(kernel: program, image: [1, 2, 3], stopInstant: nil, transport: .port, patience: .seconds(1))
    for name in ["none/kept", "none/none/kept", "program/kept", "program"] {
      #expect(throws: RevisitError.self, "\(name)") {
        _ = try KeptRun(in: folder.file(name), of: run, emulator: program)
      }
    }
    #expect(folder.names == ["program"])
    let kept = try KeptRun(in: folder.file("kept"), of: run, emulator: program)
    #expect(kept.trace == nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("kept")) == [])
    // And once more, now that it is there.
    _ = try KeptRun(in: folder.file("kept"), of: run, emulator: program)
  }
}

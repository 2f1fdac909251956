import Foundation
import Testing

@testable import Emulation

@Suite struct TraceOutputTests {
  private let folder: FakeEmulator
  init() throws { folder = try FakeEmulator("") }
  private var target: String { folder.folder + "/run.partita" }

  private func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.folder).filter { $0.contains("run.partita") }
  }

  @Test func nothingIsOverwrittenUnasked() throws {
    try folder.write("old", "run.partita")
    #expect(throws: EmulationError.fileExists(path: target)) { try TraceOutput(target: target, mayReplace: false) }
    #expect(folder.read("run.partita") == "old")
    let output = try TraceOutput(target: target, mayReplace: true)
    try "new".write(toFile: output.growing, atomically: false, encoding: .utf8)
    #expect(folder.read("run.partita") == "old")
    #expect(try output.keep() == target)
    #expect(folder.read("run.partita") == "new")
    #expect(try files() == ["run.partita"])
  }

  @Test func anEmptyTraceGoes() throws {
    do {
      let output = try TraceOutput(target: target, mayReplace: false)
      #expect(try files().count == 1)
      #expect(try output.keep() == nil)
    }
    #expect(try files() == [])
  }

  @Test func aFileThatCameMeanwhileStays() throws {
    let output = try TraceOutput(target: target, mayReplace: false)
    try "new".write(toFile: output.growing, atomically: false, encoding: .utf8)
    try folder.write("other", "run.partita")
    #expect(try output.keep() == output.growing)
    #expect(folder.read("run.partita") == "other")
  }

  @Test func aFolderThatIsNotThere() {
    #expect(throws: EmulationError.self) { try TraceOutput(target: folder.folder + "/no/run", mayReplace: false) }
  }
}

import Foundation
import TemporaryFolder
import Testing

@testable import Outputs

@Suite struct OutputFileTests {
  @Test func neverOverwritesUnasked() throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/out.img"
    try OutputFile.write([1, 2, 3], to: path, replacing: false)
    #expect(FileManager.default.contents(atPath: path) == Data([1, 2, 3]))
    #expect(throws: OutputFile.Failure.exists(path: path)) {
      try OutputFile.write([4], to: path, replacing: false)
    }
    #expect(FileManager.default.contents(atPath: path) == Data([1, 2, 3]))
    try OutputFile.write([4], to: path, replacing: true)
    #expect(FileManager.default.contents(atPath: path) == Data([4]))
    try OutputFile.write([], to: folder.path + "/empty", replacing: true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["empty", "out.img"])
  }

  @Test func failuresLeaveNothing() throws {
    let folder = try TemporaryFolder()
    #expect(throws: OutputFile.Failure.self) {
      try OutputFile.write([1], to: folder.path + "/no/such/folder", replacing: true)
    }
    try FileManager.default.createDirectory(atPath: folder.path + "/taken", withIntermediateDirectories: false)
    #expect(throws: OutputFile.Failure.self) {
      try OutputFile.write([1], to: folder.path + "/taken", replacing: true)
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["taken"])
  }
}

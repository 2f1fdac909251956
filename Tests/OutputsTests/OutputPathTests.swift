import Foundation
import TemporaryFolder
import Testing

@testable import Outputs

/// Where results may go, and what they may replace.
@Suite struct OutputPathTests {
  /// Foundation's own way to take such paths apart traps on names of one character.
  @Test(arguments: [
    ("x", ".", "x"), ("a/x", "a", "x"), ("/x", "/", "x"), ("./x", ".", "x"), ("a//", ".", "a"),
    ("/tmp/no-such-x.y/", "/tmp", "no-such-x.y"),
  ])
  func pathsAreTakenApart(_ text: String, _ folder: String, _ name: String) throws {
    let path = try OutputPath(text)
    #expect(path.folder == folder && path.name == name)
    let before = folder == "." ? "" : folder == "/" ? "/" : folder + "/"
    #expect(path.growing == "\(before).\(name).\(getpid()).part")
  }

  @Test func whatIsNoFileIsRefused() throws {
    let temporary = try TemporaryFolder()
    defer { withExtendedLifetime(temporary) {} }
    let folder = temporary.path
    #expect(throws: OutputPath.Refusal.self) { try OutputPath(file: "", mayReplace: true) }
    #expect(throws: OutputPath.Refusal.self) { try OutputPath(file: "/", mayReplace: true) }
    #expect(throws: OutputPath.Refusal.self) { try OutputPath(file: "-", mayReplace: true) }
    #expect(throws: OutputPath.Refusal.self) { try OutputPath(file: folder + "/new/", mayReplace: true) }
    #expect(throws: OutputPath.Refusal.notReplaceable(path: folder, reason: "it is a folder; name a file")) {
      try OutputPath(file: folder, mayReplace: true)
    }
    #expect(throws: OutputPath.Refusal.notReplaceable(path: "/dev/null", reason: "it is no ordinary file")) {
      try OutputPath(file: "/dev/null", mayReplace: true)
    }
    #expect(mkfifo(folder + "/pipe", 0o600) == 0)
    #expect(throws: OutputPath.Refusal.self) { try OutputPath(file: folder + "/pipe", mayReplace: true) }
    #expect(throws: OutputPath.Refusal.self) { try OutputPath(file: folder + "/none/x", mayReplace: true) }
    #expect(FileManager.default.createFile(atPath: folder + "/file", contents: nil))
    let below = folder + "/file/x"
    #expect(throws: OutputPath.Refusal.unwritable(path: below, reason: "Not a directory")) {
      try OutputPath(file: below, mayReplace: true)
    }
  }

  /// Whatever is said: the command may be about to read it, as it reads the kernel and the partitions' images.
  @Test func programsStay() throws {
    let folder = try TemporaryFolder()
    let program = try folder.write([0x7F, 0x45, 0x4C, 0x46, 2, 1, 1], to: "Sensors.elf")
    #expect(throws: OutputPath.Refusal.notReplaceable(path: program, reason: OutputPath.programReason)) {
      try OutputPath(file: program, mayReplace: true)
    }
    for other in [[0x7F, 0x45, 0x4C], [], [0x50, 0x41, 0x52, 0x54, 0x49]] as [[UInt8]] {
      let path = try folder.write(other, to: "trace")
      #expect(try OutputPath(file: path, mayReplace: true).path.hasSuffix("/trace"))
    }
  }

  @Test func linksAreFollowed() throws {
    let temporary = try TemporaryFolder()
    defer { withExtendedLifetime(temporary) {} }
    let folder = temporary.path
    try Data([1]).write(to: URL(fileURLWithPath: folder + "/file"))
    #expect(symlink(folder + "/file", folder + "/link") == 0)
    #expect(throws: OutputPath.Refusal.exists(path: folder + "/link")) {
      try OutputPath(file: folder + "/link", mayReplace: false)
    }
    #expect(try OutputPath(file: folder + "/link", mayReplace: true).name == "file")
    #expect(OutputPath.areSame(folder + "/link", folder + "/file"))
    #expect(!OutputPath.areSame(folder + "/link", folder))
    try OutputFile.write([2], to: folder + "/link", replacing: true)
    #expect(try Data(contentsOf: URL(fileURLWithPath: folder + "/file")) == Data([2]))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link") == folder + "/file")
  }

  @Test func linksToWhatIsNotThereAreFollowedToTheirEnd() throws {
    let temporary = try TemporaryFolder()
    defer { withExtendedLifetime(temporary) {} }
    let folder = temporary.path
    for (link, target) in [("x", "y"), ("y", "z"), ("absolute", folder + "/z"), ("a", "b"), ("b", "a")] {
      #expect(symlink(target, folder + "/" + link) == 0)
    }
    for link in ["x", "y", "absolute"] {
      #expect(try OutputPath(file: folder + "/" + link, mayReplace: false).path == folder + "/z", "\(link)")
    }
    for mayReplace in [false, true] {
      let reason = String(cString: strerror(ELOOP))
      #expect(throws: OutputPath.Refusal.unwritable(path: folder + "/a", reason: reason)) {
        try OutputPath(file: folder + "/a", mayReplace: mayReplace)
      }
    }
  }
}

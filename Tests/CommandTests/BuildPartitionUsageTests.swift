import CommandFolder
import Foundation
import Testing

/// `Tools/build-partition` refuses what nobody can mean, before anything is built.
@Suite struct BuildPartitionUsageTests {
  private static func call(_ arguments: [String], in folder: CommandFolder) throws -> RunningCommand {
    // The wrapper is given the command's name first.
    let script = CommandFolder.package + "/Tools/build-partition"
    return try RunningCommand(arguments, in: folder, through: ["bash", "-c", "exec \"\(script)\" \"$@\""])
  }

  @Test(arguments: [
    ([], "no sources"), (["nosuch.c"], "there is no 'nosuch.c'"), (["empty"], "there is no source in 'empty'"),
    (["module.xml"], "'module.xml' is no source"), (["--frobnicate", "main.c"], "there is no option '--frobnicate'"),
    (["main.c", "-o"], "-o wants a value"), (["--name", "a b", "main.c"], "'a b' is no name for a partition"),
    (["--name", "", "main.c"], "--name wants a value"), (["-I", "nosuch", "main.c"], "-I: 'nosuch' is no folder"),
    (["-o", "nosuch/Nav.elf", "main.c"], "-o: there is no folder 'nosuch'"),
    (["--name", "Nav", "-o", "main.c", "main.c"], "-o: 'main.c' is no image that may be replaced"),
    (["--heap", "3", "main.c"], "--heap: '3' is no size from 16K to 32M"),
    (["--heap", "64M", "main.c"], "--heap: '64M' is no size"), (["--new", "Nav"], "--new wants one folder"),
    (["--new", "Nav", "."], "'./main.c' is there already"),
    (["--new", "Nav", "--name", "Nav", "nav"], "--new goes without --name and -o"),
    (["--new", "Nav-2", "nav"], "there may be no -"), (["--swift", "main.c"], "--swift goes with --new"),
  ]) func badUsageIsRefused(arguments: [String], complaint: String) throws {
    let folder = try CommandFolder()
    try FileManager.default.createDirectory(atPath: folder.file("empty"), withIntermediateDirectories: true)
    for name in ["main.c", "module.xml"] { try folder.write(Array("int main(void) {}\n".utf8), to: name) }
    let run = try Self.call(arguments, in: folder)
    #expect(run.finish() == .status(2), "\(arguments): \(run.errors)")
    #expect(run.errors.contains("build-partition: ") && run.errors.contains(complaint), "\(run.errors)")
    #expect(run.errors.split(separator: "\n").count == 1 && run.output.isEmpty, "\(run.errors)")
    #expect(folder.names == ["empty", "main.c", "module.xml"] && folder.leftovers == [])
    #expect(try String(contentsOfFile: folder.file("main.c"), encoding: .utf8) == "int main(void) {}\n")
  }

  @Test func helpHasExamples() throws {
    let run = try Self.call(["--help"], in: CommandFolder())
    #expect(run.finish() == .status(0) && run.errors.isEmpty)
    #expect(run.output.hasPrefix("usage: Tools/build-partition") && run.output.contains("\nExamples:\n"))
  }
}

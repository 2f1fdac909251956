import CommandFolder
import Foundation
import Testing

/// Names of one character, without a folder: Foundation's own way to take such paths apart traps.
@Suite struct ShortNameTests {
  @Test(arguments: [["check", "m"], ["claims", "m"], ["analyse", "m"]])
  func aModuleFileIsRead(arguments: [String]) throws {
    let folder = try CommandFolder()
    let module = CommandFolder.package + "/Kernel/Modules/FlightControl/module.xml"
    try folder.write([UInt8](try Data(contentsOf: URL(fileURLWithPath: module))), to: "m")
    try folder.write([UInt8](try Data(contentsOf: URL(fileURLWithPath: module))), to: "module.xml")
    let short = try RunningCommand(arguments, in: folder)
    let long = try RunningCommand([arguments[0], "module.xml"], in: folder)
    let (ending, expected) = (short.finish(), long.finish())
    #expect(ending == expected, "\(short.errors)")
    #expect(short.output == long.output)
  }

  @Test func aLinkToWhatIsNotThereIsFollowed() throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    #expect(symlink("target", folder.file("z")) == 0)
    let export = try folder.run("export", "run.partita", "--to", "event:9", "--format", "csv", "-o", "z")
    #expect(export.ending == .status(0), "\(export.errors)")
    #expect(folder.names == ["run.partita", "target", "z"])
  }

  @Test(arguments: [["export", "--to", "event:9", "--format", "csv"], ["report"]])
  func aLinkToItselfIsRefused(arguments: [String]) throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    #expect(symlink("b", folder.file("a")) == 0)
    #expect(symlink("a", folder.file("b")) == 0)
    for force in [[], ["--force"]] {
      let command = try RunningCommand(arguments + ["run.partita", "-o", "a"] + force, in: folder)
      #expect(command.finish() == .status(2), "\(command.errors)")
      #expect(command.errors.contains("symbolic links"), "\(command.errors)")
      #expect(folder.names == ["a", "b", "run.partita"])
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("a")) == "b")
    }
  }
}

import CommandFolder
import Testing

/// `partita top` of a trace takes nothing that is for booting a module: it would be ignored.
@Suite struct TopTests {
  @Test(arguments: [
    ["--for", "1s"], ["--stimulus", "stimulus.txt"], ["--real-time"], ["--kernel", "kernel"], ["--images", "images"],
    ["--qemu-log", "log"], ["--transport", "memory"], ["--ram", "ram"], ["--force"], ["-o", "other.partita"],
    ["--timeout", "60"],
  ]) func whatIsForModulesIsRefused(option: [String]) throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    let command = try RunningCommand(["top", "run.partita"] + option, in: folder)
    #expect(command.finish() == .status(2), "\(command.output)")
    #expect(command.errors.contains("\(option[0]) is for modules"), "\(command.errors)")
    #expect(command.output == "" && folder.names == ["run.partita"])
  }

  @Test func aTraceByItselfIsShown() throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    let run = try folder.run("top", "run.partita", "--speed", "2")
    #expect(run.ending == .status(0) && run.output.contains("events"), "\(run.errors)")
  }
}

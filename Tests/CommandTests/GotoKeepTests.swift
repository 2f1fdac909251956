import CommandFolder
import Foundation
import Testing

/// `partita goto --keep` with a folder that cannot be used.
@Suite struct GotoKeepTests {
  /// It is told before the run is made once more, which takes its time, and not behind that.
  @Test func aFolderThatCannotBeWrittenIsToldAtOnce() throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    try FileManager.default.createDirectory(
      atPath: folder.file("closed"), withIntermediateDirectories: false, attributes: [.posixPermissions: 0o555])
    // To root every folder is open, but for the right to that.
    let wrapper = geteuid() == 0 ? ["setpriv", "--bounding-set", "-dac_override,-dac_read_search"] : []
    for (name, reason) in [
      ("closed", "nothing can be written in it (Permission denied)"), ("closed/new", "Permission denied"),
    ] {
      let command = try RunningCommand(["goto", "run.partita", "5", "--keep", name], in: folder, through: wrapper)
      #expect(command.finish() == .status(2) && command.output == "", "\(command.errors)")
      #expect(command.errors.contains("\(name) cannot take a recording: \(reason)"), "\(command.errors)")
    }
    #expect(folder.names == ["closed", "run.partita"] && folder.leftovers == [])
  }
}

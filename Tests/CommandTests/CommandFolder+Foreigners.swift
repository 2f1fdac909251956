import CommandFolder
import Foundation

extension CommandFolder {
  /// What `addForeigners` makes, what is not there, and two devices: one has no byte, the other no end.
  static let foreigners = ["picture", "noise", "newer", "program", "folder", "nothing", "/dev/null", "/dev/zero"]

  /// Adds the trace "good", and what is neither a trace nor a module, though some of it begins or ends like one.
  func addForeigners() throws {
    let trace = try LongTrace.short.get()
    try write(trace, to: "good")
    try write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + trace.prefix(5000), to: "picture")
    try write(trace.map { ~$0 }, to: "noise")
    var newer = trace
    newer[8] &+= 1  // The version is behind the eight bytes of the magic number.
    try write(newer, to: "newer")
    try FileManager.default.createDirectory(atPath: file("folder"), withIntermediateDirectories: false)
    // Thirty megabytes of ELF: the command itself.
    try FileManager.default.createSymbolicLink(atPath: file("program"), withDestinationPath: Self.command())
  }
}

import CommandFolder
import Foundation
import Testing

/// What the waves' legend calls a partition is its scope's name, also where two partitions' names differ only in what a
/// name of a scope cannot have.
@Suite struct WaveLegendTests {
  @Test func eachPartitionHasItsScopesName() throws {
    let folder = try CommandFolder()
    var module = try OtherModule()
    try module.set("PartitionIdentifier=\"1\" PartitionName=", to: "Nav 1")
    try module.set("PartitionIdentifier=\"2\" PartitionName=", to: "Nav-1")
    try folder.write(Array(module.text.utf8), to: "module.xml")
    let images = CommandFolder.package + "/.build/images"
    let made = try folder.run(
      "synthesize", "module.xml", "--images", images, "--events", "500", "-o", "run.partita")
    #expect(made.ending == .status(0), "\(made.errors)")
    #expect(try folder.run("export", "run.partita", "-o", "run.vcd").ending == .status(0))
    let waves = try String(contentsOfFile: folder.file("run.vcd"), encoding: .utf8)
    let legend = waves.matches(of: #/running = \d+: (\S+) /#).map { String($0.1) }
    // The module's own and that of the lines come before.
    let scopes = waves.matches(of: #/scope module (\S+) /#).map { String($0.1) }.dropFirst(2)
    #expect(legend == Array(scopes) && legend.count > 3, "\(legend)")
    #expect(Set(legend).count == legend.count && legend[1].hasPrefix("Nav_1"), "\(legend)")
  }
}

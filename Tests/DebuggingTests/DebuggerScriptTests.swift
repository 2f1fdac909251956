import Foundation
import ModuleConfiguration
import Testing

@testable import Debugging

@Suite struct DebuggerScriptTests {
  private func script(_ change: (inout DebuggerScript) -> Void = { _ in }) -> [String] {
    var script = DebuggerScript(
      kernel: "/here/the \"kernel\".elf",
      partitions: [.init(name: "Flight\\Law", file: "/a b/one.elf"), .init(name: "Other", file: "/two.elf")],
      socket: "/tmp/socket")
    change(&script)
    return script.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private func index(of line: String, _ lines: [String]) throws -> Int {
    try #require(lines.firstIndex(of: line), "\(lines)")
  }

  @Test func symbolsComeBeforeTheMachineAndThePlaceAfterIt() throws {
    let lines = script {
      $0.current = 1
      $0.commands = "/their commands"
      $0.isInteractive = false
    }
    let kernel = try index(of: #"file "/here/the \"kernel\".elf""#, lines)
    let partition = try index(of: #"add-symbol-file "/two.elf""#, lines)
    let machine = try index(of: "target remote /tmp/socket", lines)
    let place = try #require(lines.lastIndex(of: "partita where"))
    let commands = try index(of: "source /their commands", lines)
    #expect(kernel < partition && partition < machine && machine < place && place < commands)
    #expect(!lines.contains { $0.hasPrefix("echo reverse") })
    #expect(lines.count { $0.hasPrefix("define") } == lines.count { $0.hasPrefix("document") } + 1, "and the prefix")
  }

  /// Each `directory` goes before those that are there.
  @Test func sourcesAreKnownBeforeThePlaceIsShown() throws {
    let lines = script { $0.sources = ["/kernel's tree", "/partition's"] }
    let first = try index(of: #"directory "/kernel's tree""#, lines)
    #expect(try index(of: #"directory "/partition's""#, lines) < first)
    #expect(try first < #require(lines.lastIndex(of: "partita where")))
  }

  @Test func aPromptComesWithItsHelp() {
    #expect(script().contains { $0.hasPrefix("echo reverse-stepi") })
    #expect(script().contains("set pagination on"))
  }

  /// All partitions lie at the same addresses: of two with symbols gdb would take either.
  @Test func onePartitionHasItsSymbols() throws {
    let lines = script { $0.current = 0 }
    let machine = try index(of: "target remote /tmp/socket", lines)
    #expect(lines[..<machine].count { $0.hasPrefix("add-symbol-file") } == 1)
    #expect(lines.contains("set $partita_symbols = 0"))
    let change = try index(of: "set $partita_symbols = $partita_asked", lines)
    #expect(lines[..<change].contains(#"remove-symbol-file "/a b/one.elf""#))
    #expect(lines[change...].contains(#"add-symbol-file "/a b/one.elf""#))
    #expect(lines.contains(#"echo 0 Flight\\Law\n"#))
    // What gdb does not find of Swift's own modules is no news then either.
    #expect(lines[change + 1] == "set logging enabled on" && lines[change...].contains("set logging enabled off"))
  }

  /// A wrong number, or what is none, leaves the symbols that are loaded.
  @Test func anUnknownPartitionChangesNothing() throws {
    let lines = script { $0.current = 0 }
    let asked = try index(of: "set $partita_asked = $arg0", lines)
    #expect(lines[asked + 1] == "if $partita_asked < 0 || $partita_asked >= 2")
    #expect(lines[asked + 2] == #"echo partitions have the numbers from 0 to 1\n"# && lines[asked + 3] == "else")
    #expect(!lines[..<asked].contains { $0.hasPrefix("remove-symbol-file") })
  }

  /// gdb compares the name of what it is to take away with the file's real one.
  @Test func filesHaveTheirRealNames() throws {
    let files = FileManager.default
    let folder = files.temporaryDirectory.resolvingSymlinksInPath().appendingPathComponent("names-\(UUID())")
    try files.createDirectory(at: folder.appendingPathComponent("real"), withIntermediateDirectories: true)
    defer { try? files.removeItem(at: folder) }
    let file = folder.appendingPathComponent("real/one.elf").path
    try #require(files.createFile(atPath: file, contents: nil))
    let link = folder.appendingPathComponent("link").path
    try files.createSymbolicLink(atPath: link, withDestinationPath: "real")
    #expect(DebuggerScript.Partition(name: "One", file: link + "/one.elf").file == file)
    #expect(DebuggerScript.Partition(name: "One", file: file).file == file)
    let here = URL(fileURLWithPath: files.currentDirectoryPath).resolvingSymlinksInPath().path
    #expect(DebuggerScript.Partition(name: "One", file: "images/one.elf").file == here + "/images/one.elf")
  }

  @Test func whatTheKernelDoesNotTellIsLeftOut() {
    #expect(!script().contains { $0.contains("$interrupted") || $0.contains("$record") || $0.contains(" -o 0x") })
    let places = KernelPlaces(
      switcherDisplacement: 0xFFFF_0000, foundRoot: 1, instructionPointer: 2, stackPointer: 3)
    let lines = script {
      $0.places = places
      $0.interrupted = InterruptedContext(instructionPointer: 0x401000, stackPointer: 0x2FF0)
      $0.interruptedName = "the idle loop"
      $0.record = (0xFFFF_FFFF_A000_0010, 4)
      $0.demangler = "/it's/swift-demangle"
    }
    #expect(lines.contains(#"add-symbol-file "/here/the \"kernel\".elf" -o 0xffff0000"#))
    #expect(lines.contains("set $interrupted = 0x401000"))
    #expect(lines.contains("x/4gx $record"))
    #expect(lines.contains(#"pipe bt 6 | '/it'\''s/swift-demangle' --simplified"#))
    #expect(lines.contains { $0.hasPrefix("echo interrupted: the idle loop at 0x401000") })
  }

  /// At an address that all partitions have, only what a partition is told of itself says whose code it is.
  @Test func aBreakpointIsInOnePartition() throws {
    let lines = script { $0.current = 1 }
    let page = PartitionLayout.informationPage + UInt64(InformationPage.partitionIndex)
    let index = "*(unsigned long *) 0x\(String(page, radix: 16))"
    #expect(lines.contains("eval \"break $arg0 if \(index) == %d\", $partita_symbols"), "\(lines)")
    #expect(lines.contains("if ($cs & 3) == 3 && \(index) != $partita_symbols"), "\(lines)")
    let begun = lines.count { $0.hasPrefix("define ") || $0.hasPrefix("document ") || $0.hasPrefix("if ") }
    #expect(lines.count { $0 == "end" } == begun, "\(lines)")
  }
}

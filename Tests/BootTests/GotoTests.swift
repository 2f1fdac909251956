import CommandFolder
import Debugging
import Foundation
import Testing
import TraceFormat
import TraceReading

/// `partita goto` on real machines: the instruction is the event's, the way back is the way there.
@Suite struct GotoTests {
  /// A module whose partitions fault, mask and nest: every kind of entry within a few milliseconds.
  static var run: Result<CapturedRun, any Error> { InterruptsTests.run }

  func folder() throws -> CommandFolder {
    let folder = try CommandFolder()
    try Data(Self.run.get().trace).write(to: folder.url("run.partita"))
    return folder
  }

  /// What the command says, on both of its outputs.
  func go(_ folder: CommandFolder, _ arguments: String) throws -> (status: Int32, text: String) {
    let command = try "TMPDIR=$PWD '\(CommandFolder.command())' goto \(arguments) 2>&1"
    return try folder.run("/bin/sh", ["-c", command])
  }

  /// Goes to an event, does what `commands` say, and gives the words of each line of the answer that begins with one of
  /// `=`.
  private func visit(_ folder: CommandFolder, _ position: Int, _ commands: String) throws -> (
    text: String, values: [String: UInt64]
  ) {
    try commands.write(to: folder.url("commands"), atomically: false, encoding: .utf8)
    let answer = try go(folder, "run.partita \(position) --images '\(BootImages.folder)' --batch --commands commands")
    #expect(answer.status == 0, "\(answer.text)")
    var values: [String: UInt64] = [:]
    for line in answer.text.split(separator: "\n") where line.hasPrefix("=") {
      let words = line.dropFirst().split(separator: " ")
      if words.count == 2 { values[String(words[0])] = UInt64(words[1], radix: 16) }
    }
    return (answer.text, values)
  }

  /// The instructions of the machine before the one gone to.
  func instructions(_ text: String) throws -> UInt64 {
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("after ") })
    return try #require(UInt64(line.split(separator: " ")[1]))
  }

  static let toAndFro = """
    printf "=pc %lx\\n", $pc
    printf "=before %lx\\n", $record[1]
    stepi
    printf "=next %lx\\n", $pc
    printf "=time %lx\\n", $record[0]
    printf "=head %lx\\n", $record[1]
    reverse-stepi
    printf "=again %lx\\n", $pc
    printf "=undone %lx\\n", $record[1]
    reverse-stepi
    printf "=earlier %lx\\n", $pc
    stepi
    printf "=back %lx\\n", $pc
    list *$pc

    """

  @Test func theInstructionOfAMarkRecordsIt() throws {
    let run = try Self.run.get()
    // Of a line that the test device pulses, not of a virtual timer.
    let mark = try #require(run.events(.mark).first { $0.event.operand < 48 })
    let (text, values) = try visit(folder(), mark.position, Self.toAndFro)
    // In the core's rule of marking, called from the kernel's entry.
    #expect(
      text.contains("OwnersMarked.mark<A>(_:owners:in:into:) (") && text.contains("MarkingRule.swift:"), "\(text)")
    #expect(text.contains("Kernel.takeInterrupt(of:_:at:) ("), "\(text)")
    // Sources are found from the image, wherever the command is called.
    #expect(text.contains(#/(?m)^\d+\t.*[A-Za-z]/#) && !text.contains("No such file"), "\(text)")
    // The instruction is what puts the record there, and going back takes it away again.
    let head = try #require(values["head"])
    #expect(head & 0xFFFF == UInt64(EventKind.mark.rawValue) | UInt64(mark.event.partition) << 8)
    #expect(head >> 32 == UInt64(mark.event.operand))
    #expect(values["before"] != head && values["undone"] == values["before"])
    // Marks are given their time when all are made.
    #expect(try #require(values["time"]) <= mark.event.time)
    #expect(values["pc"] != values["next"] && values["again"] == values["pc"] && values["back"] == values["pc"])
    #expect(values["earlier"] != values["pc"])
  }

  @Test func whoFaultedIsFoundByItsOwnSymbols() throws {
    let run = try Self.run.get()
    let fault = try #require(run.events(.exception).first)
    let name = run.partitions[Int(fault.event.partition)]
    let (text, values) = try visit(
      folder(), fault.position, "printf \"=interrupted %lx\\n\", $interrupted\n" + Self.toAndFro)
    // The event itself has the instruction pointer.
    #expect(values["interrupted"] == fault.event.words.w4)
    #expect(text.contains("interrupted: \(name) at 0x\(String(fault.event.words.w4, radix: 16))"), "\(text)")
    #expect(text.contains("in section .text of \(BootImages.folder)/\(name).elf"), "\(text)")
    #expect(text.contains("specialized Kernel.takeException("))
    #expect(values["again"] == values["pc"])

    // Counted instructions are the module's nanoseconds.
    let later = try #require(run.events(.partitionSwitch).first { $0.event.time > 50_000_000 })
    let other = try visit(folder(), later.position, "")
    let passed = later.event.time - fault.event.time
    let counted = try instructions(other.text) - instructions(text)
    #expect(counted > passed - 2000 && counted < passed + 2000, "\(counted) instructions in \(passed) ns")
  }

  /// Two partitions of one image have the same instructions at the same addresses: a breakpoint is in one of them.
  @Test func aBreakpointIsInOnePartition() throws {
    let run = try Self.run.get()
    let latest = try #require(run.partitions.firstIndex(of: "Latest"))
    let upcalls = run.events(.upcallWritten).filter { Int($0.event.partition) == latest }
    let place = try #require(upcalls.dropFirst(3).first)
    func stop(_ name: String) -> String {
      "reverse-continue\nprintf \"=\(name) %lx\\n\", *(unsigned long *) 0x30001010\n"
    }
    let (text, values) = try visit(
      folder(), place.position,
      "partita symbols \(latest)\ntbreak partita_upcall_entry\n\(stop("other"))partita where\n"
        + "partita break partita_upcall_entry\n\(stop("own"))")
    // The upcalls before it are the other's: there a plain one stops.
    let other = try #require(values["other"])
    #expect(other != UInt64(latest) && other < run.partitions.count, "\(text)")
    #expect(text.contains("in partition \(other), whose symbols are not loaded"), "\(text)")
    #expect(values["own"] == UInt64(latest), "\(text)")
    #expect(!text.contains("During symbol reading"), "\(text)")
  }

  /// A trace without its boot event does not tell until when its run was to go: the user can.
  @Test func aLostStopInstantIsAskedFor() throws {
    let run = try Self.run.get()
    let trace = run.trace
    let starts = trace.indices.filter { trace[$0] == trace[0] && trace[$0...].starts(with: trace.prefix(8)) }
    try #require(starts.count > 3)
    let folder = try CommandFolder()
    try Data(trace[..<starts[1]] + trace[starts[2]...]).write(to: folder.url("run.partita"))
    let first = try #require(run.events(.boot).first).event.words
    let place = try #require(run.events(.partitionSwitch).first { $0.position > 5_000 }).position
    let line = "run.partita \(place) --images '\(BootImages.folder)' --batch"
    let unknown = try go(folder, line)
    #expect(unknown.text.contains("boot event is lost"), "\(unknown.text)")
    #expect(unknown.status == 0 || unknown.text.contains("without a stop instant"), "\(unknown.text)")
    let told = try go(folder, line + " --for \(first.w3)ns")
    #expect(told.status == 0 && !told.text.contains("boot event is lost"), "\(told.text)")
    // Where the trace tells it, another one is refused.
    try Data(trace).write(to: folder.url("run.partita"))
    #expect(try go(folder, line + " --for \(first.w3 + 1)ns").status == 2)
  }

  @Test func aClaimLeadsToItsGravestCase() throws {
    let folder = try folder()
    let claim = "window.start.instant"
    let worst = try #require(Judge.verify(Self.run.get().trace).report.claim(claim)?.worst)
    let answer = try go(folder, "run.partita --claim \(claim) --images '\(BootImages.folder)' --batch")
    #expect(answer.status == 0, "\(answer.text)")
    let first = try #require(answer.text.split(separator: "\n").first?.split(separator: " ").first)
    #expect(UInt64(first) == worst.position)
    #expect(try go(folder, "run.partita --claim no.such.claim --batch").status == 2)
  }

  @Test func whatCannotBeGoneToIsTold() throws {
    let folder = try folder()
    let trace = try Self.run.get().trace
    let images = "--images '\(BootImages.folder)'"
    func refusal(_ arguments: String, _ status: Int32, _ words: String) throws {
      let answer = try go(folder, arguments + " --batch")
      #expect(answer.status == status && answer.text.contains(words), "\(arguments): \(answer.status) \(answer.text)")
    }
    try Data("no trace at all".utf8).write(to: folder.url("foreign"))
    try Data(trace.prefix(trace.count / 3)).write(to: folder.url("cut"))
    try refusal("foreign 1", 2, "no Partita trace")
    try refusal("nothing 1", 2, "No such file")
    try refusal("- 1", 2, "name a file")
    try refusal("run.partita", 2, "Name an event, or a claim")
    try refusal("run.partita x", 2, "event")
    try refusal("run.partita 99999999", 2, "its last is")
    let last = try #require(Self.run.get().events.last)
    let end = "event \(try Self.run.get().events.count - 1), at \(EventField.seconds(last.time)) s"
    try refusal("run.partita 99999999", 2, "no event 99999999: its last is \(end). Name a place up to there")
    try refusal("run.partita 9999s", 2, "nothing at 9999.000000000 s or later: its last is \(end)")
    try refusal("run.partita frame:99999", 2, "no frame 99999: its last is frame ")
    try refusal("run.partita event:18446744073709551615", 2, "no event 18446744073709551615")
    try refusal("cut 99999999", 3, "cut off")
    try refusal("run.partita 9 --kernel '\(BootImages.path("kernel-mixed-indices"))'", 2, "not the build of the kernel")
    try refusal("run.partita 9 --commands nothing", 2, "nothing cannot be read")
    // A program that is not there is named with the package that brings it.
    try FileManager.default.createDirectory(at: folder.url("bin"), withIntermediateDirectories: false)
    let emulator = try #require(
      try folder.run("/bin/sh", ["-c", "command -v qemu-system-x86_64"]).text
        .split(separator: "\n").first)
    try FileManager.default.createSymbolicLink(
      atPath: folder.file("bin/qemu-system-x86_64"), withDestinationPath: String(emulator))
    let command = try "PATH=$PWD/bin '\(CommandFolder.command())' goto run.partita 9 \(images) 2>&1"
    let bare = try folder.run("/bin/sh", ["-c", command])
    #expect(bare.status == 2 && bare.text.contains("apt-get install gdb"), "\(bare.text)")
    #expect(folder.names.allSatisfy { !$0.hasPrefix("partita.") }, "nothing is left behind")
  }

  @Test func theImageIsMadeAgainByteForByte() throws {
    let reader = try TraceReader(bytes: Self.run.get().trace)
    let finder = BuildFinder(folders: [BootImages.folder, "/nowhere"])
    let module = try withExtendedLifetime(reader) { try RebuiltModule(reader.moduleTable, finder) }
    let packed = try ModuleVariant.shipped("Interrupts").compile().imageBytes
    let isEqual = module.image == packed
    #expect(isEqual)
    #expect(module.files.last == BootImages.folder + "/Drainer.elf")
  }

  @Test func theBuildsMustBeThoseOfTheTrace() throws {
    let folder = try folder()
    let images = folder.file("images")
    try FileManager.default.createDirectory(atPath: images, withIntermediateDirectories: false)
    // Out of the build's folder, or the images beside the command would be found.
    let command = folder.file("partita")
    try FileManager.default.copyItem(atPath: CommandFolder.command(), toPath: command)
    func answer() throws -> (status: Int32, text: String) {
      try folder.run("/bin/sh", ["-c", "'\(command)' goto run.partita 9 --images images --batch 2>&1"])
    }
    for name in ["Reflector", "Nester", "Ticker", "Drainer", "partita-kernel"] {
      let missing = try answer()
      #expect(missing.status == 2 && missing.text.contains("build identity"), "\(missing.text)")
      try FileManager.default.copyItem(atPath: BootImages.path(name), toPath: "\(images)/renamed-\(name)")
    }
    #expect(try answer().status == 0, "found by identity, whatever their names")
    // One byte of the drainer's code, its identity as before.
    var drainer = try BootImages.bytes("Drainer")
    drainer[0x1100] ^= 1
    try Data(drainer).write(to: folder.url("images/renamed-Drainer"))
    let changed = try answer()
    #expect(changed.status == 2 && changed.text.contains("not the contents"), "\(changed.text)")
  }

  /// A trace that says otherwise of one event is not this module's.
  @Test func aRunThatIsAnotherIsToldByItsFirstDifference() throws {
    let folder = try CommandFolder()
    let run = try Self.run.get()
    let position = try #require(run.events(.kernelHandler).first).position
    let table = try TraceReader(bytes: run.trace)
    var writer = TraceWriter(moduleTable: withExtendedLifetime(table) { Array(table.moduleTable.bytes) })
    for (index, event) in run.events.enumerated() {
      var event = event
      if index == position { event.words.w0 += 1 }
      writer.append(event)
    }
    try Data(writer.finish()).write(to: folder.url("other.partita"))
    let images = "--images '\(BootImages.folder)' --batch"
    let answer = try go(folder, "other.partita \(position + 10) \(images)")
    #expect(answer.status == 3 && answer.text.contains("differs first at event \(position):"), "\(answer.text)")
    #expect(try go(folder, "other.partita \(position - 1) \(images)").status == 0, "before it all is as recorded")
  }

  @Test func anInterruptLeavesNothingBehind() throws {
    let folder = try CommandFolder()
    try Data(SharedRuns.flight.get().trace).write(to: folder.url("run.partita"))
    let command =
      try "TMPDIR=$PWD timeout --preserve-status -s INT 1 '\(CommandFolder.command())' goto run.partita 9.9s "
      + "--images '\(BootImages.folder)' --batch 2>&1"
    let answer = try folder.run("/bin/sh", ["-c", command])
    #expect(answer.status == 3 && answer.text.contains("interrupted"), "\(answer.status) \(answer.text)")
    #expect(folder.names == ["run.partita"])
    let processes = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }
    let place = folder.path
    let left = processes.filter {
      (try? String(contentsOfFile: "/proc/\($0)/cmdline", encoding: .utf8))?.contains(place) == true
    }
    #expect(left.isEmpty)
  }
}

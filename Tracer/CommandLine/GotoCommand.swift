import APEXTypes
import ArgumentParser
import Debugging
import Emulation
import Foundation
import ModuleCompiler
import ModuleConfiguration
import TraceReading
import Verification

/// `partita goto`: from an event of a trace to the instruction that recorded it, in gdb.
struct GotoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "goto",
    abstract: "Goes to the instruction that recorded an event, in gdb, with symbols and on the way back too.",
    discussion: """
      The module is made an image again from the trace's module table and the partitions' files, which are found by \
      their build identities, and so is the kernel. It runs once more under QEMU, recorded; its trace must be the \
      given one, event for event, up to the event. Then the recording is replayed to the very instruction, and gdb \
      shows it: reverse-stepi and reverse-continue go back from there, breakpoints and stepi work as ever, and nothing \
      that is done there changes the run. The machine stands before the instruction that completes the event's head in \
      the trace ring; who was interrupted then is shown with the symbols of its partition. All partitions lie at the \
      same addresses, and a plain breakpoint stops in each: 'partita break PLACE' stops in that one alone whose \
      symbols are loaded, which 'partita symbols' changes.

      A trace whose boot event is lost does not tell the stop instant that the run was captured with: name it by --for.

      A flight recorder's trace whose beginning is overwritten does not tell where in the ring its events were stored, \
      and is refused.

      What has been captured with --real-time, with live input or after a Ctrl-C cannot be repeated from there on.

      Exit status: 0 gdb has been there and ended in order, 2 bad usage or input, a place behind the trace's end, or a \
      claim that no event of a whole trace stands for, 3 the event, or a claim's gravest case, may have been where the \
      trace has a gap or is cut off, the repeated run is another one, or it was interrupted. An instant in a gap is \
      refused like an event in one: what follows the gap need not be the first event from that instant on.

      Examples:
        partita goto run.partita 8920
        partita goto run.partita frame:50
        partita goto run.partita --claim budget.interruptToMark.8
        partita goto run.partita 8920 --batch --commands here.gdb
        partita goto run.partita 8920 --keep run.recording
      """)

  @Argument(help: "The trace file.", completion: .file())
  var trace: String

  @Argument(
    help: ArgumentHelp(
      "The event's position, as 'dump' and 'verify' print it; or the first event at an instant such as 1.5s, or of "
        + "frame:50.", valueName: "event"))
  var event: EventArgument?

  @Option(help: ArgumentHelp("Go to the gravest case of this claim, as 'verify' finds it.", valueName: "identifier"))
  var claim: String?

  @Option(
    help: ArgumentHelp("The kernel image instead of the one found by its identity.", valueName: "file"),
    completion: .file())
  var kernel: String?

  @Option(
    help: ArgumentHelp("A folder of kernel and partition images; may be repeated.", valueName: "dir"),
    completion: .directory)
  var images: [String] = []

  @Option(help: ArgumentHelp("How the trace left the machine when it was captured.", valueName: "way"))
  var transport: EmulationOptions.Transport = .port

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      "What 'capture' was given as --for, where the trace has lost its boot event, which tells it.",
      valueName: "duration"))
  var length: VirtualDuration?

  @Option(
    help: ArgumentHelp(
      "Keep the recording in this folder, and take it from there next time: as far as it goes, the run need not be "
        + "made once more. It takes some 10 MB.", valueName: "dir"), completion: .directory)
  var keep: String?

  @Flag(help: "Without a prompt: gdb shows the place, carries out --commands and ends.")
  var batch = false

  @Option(help: ArgumentHelp("Commands for gdb once it is there.", valueName: "file"), completion: .file())
  var commands: String?

  @Option(
    help: ArgumentHelp(
      "Give up when no block of the repeated run's trace came for so long, in seconds of real time; 0: never.",
      valueName: "seconds"))
  var timeout = 60

  func validate() throws {
    guard trace != "-" else { throw ValidationError("a trace is read twice here: name a file.") }
    guard (event == nil) != (claim == nil) else {
      throw ValidationError("Name an event, or a claim by --claim\(event == nil ? "" : ", not both").")
    }
    guard timeout >= 0, timeout <= 1_000_000 else { throw ValidationError("--timeout is 0 … 1000000 seconds.") }
  }

  func run() throws {
    try reporting {
      // A pipe would be waited for with signals watched already, and Ctrl-C not heard.
      try TraceCommand.requireFile(trace)
      let locator = KernelLocator.current
      let programs = try DebuggingPrograms(locator)
      try ImageFolders.require(images)
      let commandsFile = try commands.map { try Self.readable($0) }
      if let kernel { _ = try Self.readable(kernel) }
      if let keep { try KeptRun.examine(keep) }
      let signals = try SignalWatch()
      let place = try event?.place ?? .event(position(of: claim ?? "", signals))
      let reader = try TraceCommand.open(trace)
      defer { withExtendedLifetime(reader) {} }
      let sought = try sought(at: place, in: reader, signals)
      TraceCommand.tell(sought.losses, of: trace)
      if sought.kernelIdentity == 0 {
        throw RevisitError.unrepeatable(
          reason: "no kernel recorded this trace, 'synthesize' or 'what-if' made it; go to an event of a captured one")
      }
      if reader.moduleTable.module.ringPolicy == .flightRecorder, sought.firstPosition > 0 {
        throw RevisitError.unrepeatable(
          reason: "a flight recorder has overwritten the trace's beginning, and with it where in the ring the event "
            + "was stored; capture the module with a ring that holds all of it")
      }
      let leftOut = TraceVocabulary.names(of: reader.moduleTable.module.leftOutKinds)
      if !leftOut.isEmpty {
        throw RevisitError.unrepeatable(
          reason: "its module leaves events of kind \(leftOut) out of the trace, so nobody knows where in the ring the "
            + "event was stored; capture it without p:Trace LeftOut, which makes the same run, and go to the instant")
      }
      let finder = BuildFinder(folders: locator.imageFolders(given: images))
      let module = try RebuiltModule(reader.moduleTable, finder)
      let run = RepeatedRun(
        kernel: try kernelFile(sought, finder, locator), image: module.image,
        stopInstant: try stopInstant(sought),
        transport: transport == .memory ? .memory : .port,
        patience: timeout == 0 ? .seconds(1 << 40) : .seconds(timeout))
      do {
        try revisit(sought, run, module, programs, TraceVocabulary(reader.moduleTable), commandsFile, signals)
      } catch RevisitError.differs(let position, let recorded, let repeated) {
        if length == nil, !sought.isStopKnown {
          TraceCommand.complain("the run was repeated without a stop instant, which may be why it is another one")
        }
        throw RevisitError.differs(position: position, recorded: recorded, repeated: repeated)
      }
    }
  }

  /// Until when the run goes, as the trace tells, or the user where it cannot; nil for no end.
  private func stopInstant(_ sought: SoughtEvent) throws -> SystemTime? {
    guard sought.isStopKnown else {
      if length == nil {
        TraceCommand.complain(
          "note: the trace's boot event is lost, so the stop instant of its run is unknown, and none is taken; if it "
            + "was captured with --for, say so here too.")
      }
      return length.map { SystemTime(nanoseconds: $0.nanoseconds.count) }
    }
    if let length, length.nanoseconds.count != sought.stopNanoseconds {
      let told = sought.stopNanoseconds.map { "\(DecimalSeconds.format(Nanoseconds($0))) s" } ?? "no stop instant"
      TraceCommand.complain(
        "--for says \(DecimalSeconds.format(length.nanoseconds)) s, but the trace tells that its run was given \(told)")
      throw ExitCode(2)
    }
    return sought.stopNanoseconds.map { SystemTime(nanoseconds: $0) }
  }

  private func sought(at place: TracePlace, in reader: TraceReader, _ signals: SignalWatch) throws -> SoughtEvent {
    var line = ProgressLine(isShown: StandardOutput.showsProgress)
    defer { line.clear() }
    return try SoughtEvent(at: place, in: reader) {
      line.show("\(reader.statistics.eventCount) events")
      return signals.take() == 0
    }
  }

  private func revisit(
    _ sought: SoughtEvent, _ run: RepeatedRun, _ module: RebuiltModule, _ programs: DebuggingPrograms,
    _ vocabulary: TraceVocabulary, _ commandsFile: String?, _ signals: SignalWatch
  ) throws {
    let scratch = try PrivateDirectory()
    defer { withExtendedLifetime(scratch.path) {} }
    let folder = RunFolder(path: scratch.path, recordingPath: keep)
    var line = ProgressLine(isShown: StandardOutput.showsProgress)
    // What is said of an end before its time has a line of its own.
    defer { line.clear() }
    let ringPlace = try recordedPlace(of: sought, run, programs, in: folder, signals, &line)
    let (machine, count) = try reach(sought, at: ringPlace, run, programs, in: folder, signals, &line)
    line.clear()

    var script = DebuggerScript(
      kernel: run.kernel,
      partitions: zip(vocabulary.partitions, module.files).map { .init(name: $0, file: $1) }, socket: folder.debugger)
    script.places = BuildFinder.read(run.kernel).flatMap { KernelPlaces(elf: $0) }
    script.current = sought.interrupted.flatMap { Int($0) < module.files.count ? Int($0) : nil }
    script.interruptedName = sought.interrupted.map { $0 == 0xFF ? "the idle loop" : vocabulary.partition($0) }
    script.interrupted = try script.places.flatMap { try machine.interruptedContext($0) }
    script.record = machine.address(of: ringPlace).map { ($0, EventHead(rawValue: ringPlace.head).wordCount + 2) }
    script.sources = SourceFolder.above([run.kernel] + module.files)
    script.demangler = programs.demangler
    script.commands = commandsFile
    script.isInteractive = !batch && isatty(STDIN_FILENO) == 1
    let description = EventDescription(sought.event, position: sought.position, vocabulary)
    ModuleSession.say(
      """
      \(description.line(partitionWidth: 0))
      after \(count) instructions of the machine, before the one that records it:

      """, to: STDOUT_FILENO)
    try machine.handOver()
    try DebuggerSession.run(script, programs, in: folder, signals: signals)
  }

  /// Replays the recording to the instruction; how many the machine has executed before it.
  private func reach(
    _ sought: SoughtEvent, at place: RingPlace, _ run: RepeatedRun, _ programs: DebuggingPrograms,
    in folder: RunFolder, _ signals: SignalWatch, _ line: inout ProgressLine
  ) throws -> (ReplayedMachine, UInt64) {
    var shown = line
    defer { line = shown }
    do {
      let machine = try ReplayedMachine(run, programs, in: folder) { count in
        shown.show("to the instruction: \(count / 1_000_000) million")
        return signals.take() == 0
      }
      return (machine, try machine.goToStore(of: sought.event, at: place, entryTime: sought.entryTime))
    } catch let error as EmulationError {
      // A recording just made is replayed by whom it was made; one that was kept may have met anybody.
      guard let keep else { throw error }
      shown.clear()
      throw RevisitError.spoiltRecording(path: keep, reason: "\(error)")
    }
  }

  /// Where the event is in the ring of the run's recording: of the one that is kept, if it goes so far, else of a new
  /// one.
  private func recordedPlace(
    of sought: SoughtEvent, _ run: RepeatedRun, _ programs: DebuggingPrograms, in folder: RunFolder,
    _ signals: SignalWatch, _ line: inout ProgressLine
  ) throws -> RingPlace {
    func place(in repeated: String) throws -> RingPlace {
      try TraceAgreement.ringPlace(
        of: sought.position, recorded: TraceCommand.open(trace), repeated: TraceCommand.open(repeated)
      ) { signals.take() == 0 }
    }
    let kept = try keep.map { try KeptRun(in: $0, of: run, emulator: programs.emulator) }
    if let repeated = kept?.trace {
      // One that was made for an earlier event may not go so far.
      do { return try place(in: repeated) } catch RevisitError.endsEarly {}
    }
    try kept?.clear()
    let repeated = try run.record(sought, programs, in: folder, signals: signals) { progress in
      line.show("once more: \(VirtualDuration(.init(progress.virtualTime.nanoseconds))) virtual")
    }
    let place = try place(in: repeated)
    try kept?.label(trace: repeated)
    return place
  }

  private func kernelFile(_ sought: SoughtEvent, _ finder: BuildFinder, _ locator: KernelLocator) throws -> String {
    if let identity = sought.kernelIdentity { return try finder.kernel(named: kernel, identity: identity) }
    let path = try locator.kernel(explicit: kernel, images: images)
    TraceCommand.complain(
      "note: the trace has not its run's beginning, so it does not tell which kernel; \(path) is taken, and the "
        + "events will tell.")
    return path
  }

  private static func readable(_ path: String) throws -> String {
    var information = stat()
    guard stat(path, &information) == 0, access(path, R_OK) == 0 else {
      throw EmulationError.unreadable(
        path: path.isEmpty ? "''" : path, reason: String(cString: strerror(errno)))
    }
    guard information.st_mode & S_IFMT != S_IFDIR else {
      throw EmulationError.unreadable(path: path, reason: "it is a folder; name a file")
    }
    return path
  }
}

/// An event as the command line names it: its position, or a `TracePlace`.
struct EventArgument: ExpressibleByArgument {
  let place: TracePlace

  init?(argument: String) {
    let isNumber = !argument.isEmpty && argument.allSatisfy { $0.isASCII && $0.isNumber }
    guard let place = TracePlace(isNumber ? "event:\(argument)" : argument) else { return nil }
    self.place = place
  }
}

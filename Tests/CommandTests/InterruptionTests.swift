import CommandFolder
import Foundation
import ModuleConfiguration
import Testing

/// Ctrl-C in the midst of long work: a sentence, status 3, and nothing left behind.
@Suite(.serialized) struct InterruptionTests {
  /// Commands that read their trace once.
  static let ofPipes: [[String]] = [
    ["stats", "-"], ["replay", "-"], ["verify", "-"], ["audit", "certificate", "-"], ["diff", "-", "run.partita"],
    ["export", "-", "--format", "csv", "-o", "out"], ["export", "-", "--format", "csv", "--by-kind", "-o", "out"],
    ["export", "-", "--format", "ctf", "-o", "out"], ["export", "-", "--format", "perfetto", "-o", "out"],
    ["export", "-", "--format", "chrome", "-o", "out"], ["export", "-", "--format", "vcd", "-o", "out"],
    ["export", "-", "--format", "sqlite", "-o", "out"], ["query", "-", "SELECT 1"],
    ["export", "-", "--format", "csv", "-o", "-"],
  ]
  /// The same of files, and those that read it more than once.
  static let ofFiles: [[String]] = [
    ["stats", "run.partita"], ["replay", "run.partita"], ["verify", "run.partita"],
    ["verify", "run.partita", "--evidence"],
    ["verify", "run.partita", "--threads", "1"], ["verify", "run.partita", "--certificate", "out"],
    ["audit", "certificate", "run.partita"], ["diff", "run.partita", "run.partita"],
    ["report", "run.partita", "-o", "out"], ["export", "run.partita", "--format", "perfetto", "-o", "out"],
    ["step", "run.partita", "--at", "event:1999990"],
    ["query", "run.partita", "SELECT count(*) FROM event a, event b"],
    ["what-if", "run.partita", "--schedule-search"], ["what-if", "run.partita", "--module", "module.image"],
  ]

  /// What is in the folder before a command, and after it.
  static let names = ["certificate", "module.image", "run.partita"]

  static func folder(_ trace: [UInt8]) throws -> CommandFolder {
    let folder = try CommandFolder()
    try folder.write(trace, to: "run.partita")
    try folder.write(certificate.get(), to: "certificate")
    let module = try LongTrace.module()
    try folder.write(Array(module.table.bytes), to: "module.image")
    return folder
  }

  /// What `verify` certifies of the long trace.
  private static let certificate: Result<[UInt8], any Error> = Result {
    let folder = try CommandFolder()
    try folder.write(LongTrace.bytes.get(), to: "run.partita")
    let run = try folder.run("verify", "run.partita", "--certificate", "certificate")
    #expect(run.ending != .status(2), "\(run.errors)")
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder.file("certificate"))))
  }

  /// The trace comes through a pipe that stays open: whatever the machine does meanwhile, the command is in the midst.
  @Test(arguments: ofPipes, [SIGINT, SIGTERM, SIGHUP])
  func whileAPipeGivesNothingMore(arguments: [String], signal: Int32) throws {
    let trace = try LongTrace.bytes.get()
    let folder = try Self.folder(trace)
    let pipe = try TestPipe()
    defer { pipe.close() }
    Glibc.signal(SIGPIPE, SIG_IGN)
    let command = try RunningCommand(arguments, in: folder, input: pipe.reading)
    // How much has come does not matter: what is to come never does.
    let part = Array(trace.prefix(trace.count / 8))
    let feeder = Thread { _ = part.withUnsafeBytes { Glibc.write(pipe.writing, $0.baseAddress, $0.count) } }
    feeder.start()
    let isRead = command.reaches { command.bytesRead > part.count && pipe.isEmpty }
    #expect(isRead, "\(arguments): \(command.errors)")
    command.send(signal)
    #expect(command.finish() == .status(3), "\(arguments)")
    #expect(command.errors.contains("interrupted"), "\(arguments): \(command.errors)")
    // What went to standard output is there.
    let isTold = command.errors.contains("the answer is not whole")
    #expect(!arguments.contains("export") || isTold == (arguments.last == "-"), "\(command.errors)")
    #expect(folder.names == Self.names && folder.leftovers == [], "\(arguments)")
  }

  /// The trace is a file. Where the command was quicker than the test, the test has seen nothing and looks again.
  @Test(arguments: ofFiles) func inTheMidstOfAFile(arguments: [String]) throws {
    let folder = try Self.folder(LongTrace.bytes.get())
    for attempt in 0..<30 {
      let command = try RunningCommand(arguments, in: folder)
      // Later from time to time, so that the second reading is met too.
      let enough = 1 << 21 + (attempt % 3) << 22
      guard command.reaches({ command.bytesRead > enough }) else {
        try? FileManager.default.removeItem(atPath: folder.file("out"))
        continue
      }
      command.send(SIGINT)
      let ending = command.finish()
      if case .status(let status) = ending, status != 3 {
        // It had come to its end.
        try? FileManager.default.removeItem(atPath: folder.file("out"))
        continue
      }
      #expect(ending == .status(3), "\(arguments): \(command.errors)")
      #expect(command.errors.contains("interrupted"), "\(arguments): \(command.errors)")
      #expect(folder.names == Self.names && folder.leftovers == [], "\(arguments)")
      return
    }
    Issue.record("\(arguments) was never interrupted: the trace is too short for this machine")
  }

  @Test(arguments: [SIGINT, SIGTERM]) func inTheMidstOfSynthesis(signal: Int32) throws {
    let folder = try CommandFolder()
    let module = CommandFolder.package + "/Kernel/Modules/FlightControl/module.xml"
    let command = try RunningCommand(["synthesize", module, "--events", "1000000000", "-o", "out"], in: folder)
    #expect(command.reaches { folder.names.contains { $0.hasSuffix(".part") } }, "\(command.errors)")
    command.send(signal)
    #expect(command.finish() == .status(3), "\(command.errors)")
    #expect(command.errors.contains("interrupted"), "\(command.errors)")
    #expect(folder.names == [] && folder.leftovers == [])
  }

  /// In the midst of a search through memory that has no ring.
  @Test func whileMemoryIsSearched() throws {
    let folder = try CommandFolder()
    try folder.write([], to: "memory")
    try #require(truncate(folder.file("memory"), 1 << 32) == 0)
    let command = try RunningCommand(["rescue", "--ram", "memory", "-o", "out"], in: folder)
    #expect(command.reaches { command.bytesRead > 1 << 26 }, "\(command.errors)")
    command.send(SIGINT)
    #expect(command.finish() == .status(3), "\(command.errors)")
    #expect(command.errors.contains("interrupted"), "\(command.errors)")
    #expect(folder.names == ["memory"] && folder.leftovers == [])
  }

  /// In the stepper's screen a long way tells how far it is; Ctrl-C ends it where it began, and not the stepper.
  @Test func onALongWay() throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.bytes.get(), to: "run")
    for _ in 0..<10 {
      let terminal = try PseudoTerminal()
      let device = terminal.device
      let command = try RunningCommand(
        ["step", "run"], in: folder, input: device, output: device, through: PseudoTerminal.environment())
      let isAt = { (event: Int) in terminal.screen.first?.contains("   event \(event)   ") == true }
      #expect(command.reaches { isAt(0) }, "\(command.errors)")
      let before = command.bytesRead
      terminal.press("\u{1B}[F")
      let hasArrived = { terminal.screen.first?.contains(" 100 % of") == true }
      #expect(command.reaches { command.bytesRead > before + 1 << 20 || hasArrived() }, "\(terminal.screen)")
      // Longer than what counts as quick; a key that is pressed before it goes on would be forgotten.
      command.send(SIGSTOP)
      usleep(400_000)
      command.send(SIGCONT)
      let isTold = { terminal.screen.last?.contains("Ctrl-C stays here") == true }
      #expect(command.reaches { isTold() || hasArrived() }, "\(terminal.screen)")
      terminal.press("\u{03}")
      if command.reaches({ terminal.screen.last?.contains("interrupted") == true }) {
        terminal.press("n")
        #expect(command.reaches { isAt(1) }, "\(terminal.screen)")
        terminal.press("q")
        #expect(terminal.finish(command) == .status(0), "\(command.errors)")
        return
      }
      // It had arrived, and so Ctrl-C was the end.
      #expect(terminal.finish(command) == .status(0), "\(command.errors)")
    }
    Issue.record("the way was never interrupted: the trace is too short for this machine")
  }

  /// A monitor that takes the call and says nothing.
  @Test func whileAMonitorIsSilent() throws {
    let folder = try CommandFolder()
    let listener = try Self.listen(at: folder.file("monitor"))
    defer { close(listener) }
    let command = try RunningCommand(["rescue", "--qmp", "monitor", "-o", "out"], in: folder)
    var entry = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
    let isCalled = command.reaches { poll(&entry, 1, 0) == 1 }
    #expect(isCalled, "\(command.errors)")
    command.send(SIGINT)
    #expect(command.finish() == .status(3), "\(command.errors)")
    #expect(command.errors.contains("interrupted"), "\(command.errors)")
    #expect(folder.names == ["monitor"] && folder.leftovers == [])
  }

  private static func listen(at path: String) throws -> Int32 {
    let listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let capacity = MemoryLayout.size(ofValue: address.sun_path)
    try #require(listener >= 0 && path.utf8.count < capacity)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
      }
    }
    let isListening = isBound && Glibc.listen(listener, 4) == 0
    try #require(isListening)
    return listener
  }

  /// Before the module is there, let alone an emulator. It only looks like one, and takes a while to be read.
  @Test(arguments: [SIGINT, SIGTERM, SIGHUP]) func beforeAModuleIsBooted(signal: Int32) throws {
    let folder = try CommandFolder()
    try folder.write(withUnsafeBytes(of: ModuleTableLayout.magic.littleEndian) { Array($0) }, to: "module")
    try #require(truncate(folder.file("module"), 1 << 28) == 0)
    let command = try RunningCommand(["top", "module", "--kernel", "nothing"], in: folder)
    #expect(command.reaches { !folder.leftovers.isEmpty }, "\(command.errors)")
    command.send(signal)
    #expect(command.finish() == .status(2), "\(command.errors)")
    #expect(folder.names == ["module"] && folder.leftovers == [])
  }

  /// What nohup has switched off stays off: the command reads on.
  @Test func whatWasIgnoredBeforeStaysIgnored() throws {
    let trace = try LongTrace.bytes.get()
    let folder = try CommandFolder()
    let pipe = try TestPipe()
    defer { close(pipe.reading) }
    Glibc.signal(SIGPIPE, SIG_IGN)
    let command = try RunningCommand(["stats", "-"], in: folder, input: pipe.reading, through: ["nohup"])
    let (first, rest) = (Array(trace.prefix(trace.count / 2)), Array(trace.dropFirst(trace.count / 2)))
    let isSent = DispatchSemaphore(value: 0)
    let writing = pipe.writing
    let feeder = Thread {
      _ = first.withUnsafeBytes { Glibc.write(writing, $0.baseAddress, $0.count) }
      isSent.wait()
      _ = rest.withUnsafeBytes { Glibc.write(writing, $0.baseAddress, $0.count) }
      close(writing)
    }
    feeder.start()
    let isRead = command.reaches { command.bytesRead > first.count && pipe.isEmpty }
    #expect(isRead, "\(command.errors)")
    command.send(SIGHUP)
    isSent.signal()
    #expect(command.finish() == .status(0), "\(command.errors)")
  }

  /// The same where the command looks for signals no more, and waits for somebody who reads.
  @Test func whatWasIgnoredBeforeIsIgnoredToTheEnd() throws {
    let folder = try CommandFolder()
    let pipe = try TestPipe()
    defer { pipe.close() }
    pipe.fill()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    let command = try RunningCommand(["stats", "run.partita"], in: folder, output: pipe.writing, through: ["nohup"])
    #expect(command.reaches { command.isWaitingForPipe }, "\(command.errors)")
    command.send(SIGHUP)
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    _ = read(pipe.reading, &bytes, bytes.count)
    #expect(command.finish() == .status(0), "\(command.errors)")
  }

  /// Ctrl-\ ends at once, without a report of a crash.
  @Test func quittingIsQuiet() throws {
    let folder = try CommandFolder()
    let pipe = try TestPipe()
    defer { pipe.close() }
    pipe.fill()
    try folder.write(LongTrace.short.get(), to: "run.partita")
    let command = try RunningCommand(["dump", "run.partita"], in: folder, output: pipe.writing)
    #expect(command.reaches { command.isWaitingForPipe })
    command.send(SIGQUIT)
    #expect(command.finish() == .signal(SIGQUIT))
    #expect(command.errors == "")
  }
}

extension TestPipe {
  /// Whether all that was written has been read.
  var isEmpty: Bool {
    var count: CInt = -1
    return ioctl(reading, UInt(FIONREAD), &count) == 0 && count == 0
  }
}

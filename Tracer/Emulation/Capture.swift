import Foundation

/// One run of the emulator, from boot to the end of the trace.
///
/// Everything happens in one loop on the calling thread, which therefore must be the same from start to end
/// (`ChildProcess` says why).
public final class Capture {
  private let request: CaptureRequest
  private let folder: PrivateDirectory
  /// Where the machine's memory is, if nobody else wants it.
  private let memoryFolder: PrivateDirectory?
  private let signals: SignalWatch
  private var child: ChildProcess
  private var trace: FileTail
  private var console: FileTail
  private let input: ConsoleInput?
  /// Whoever takes the events out of the ring, where the transport is memory.
  private let bell: BellReader?
  /// Whoever looks at a ring that nobody drains.
  private let recorder: RecorderReader?
  private var meter = TraceMeter()
  private var consoleTail: [UInt8] = []

  private var lastBlock = ContinuousClock.now
  private var nextLookForRoom = ContinuousClock.now
  private var orderlyEndDeadline: ContinuousClock.Instant?
  private var wasInterrupted = false
  private var wasAsked = false
  /// Whether the emulator was told to leave, for the trace has what it was wanted for.
  private var wasDismissed = false
  /// The verdict on a run that we ended by force.
  private var forced: CaptureReport.Ending?
  private static let keptConsoleBytes = 2048

  /// Starts the emulator.
  ///
  /// - Parameter signals: what asks for the end; its first byte in order, its second at once.
  /// - Precondition: no live input with the transport by memory: both would have the emulator's standard output.
  public init(_ request: CaptureRequest, signals: SignalWatch) throws(EmulationError) {
    precondition(request.consoleInput == nil || request.transport == .port)
    self.request = request
    self.signals = signals
    folder = try PrivateDirectory()
    let imagePath = folder.file("module.img")
    try Self.create(imagePath, request.image)
    let consolePath = folder.file("console")
    try Self.create(consolePath, [])
    let messagesPath = folder.file("messages")
    try Self.create(messagesPath, [])

    var machine = Machine(
      kernel: request.kernel, image: imagePath, trace: request.trace,
      console: request.consoleInput == nil ? .output(path: consolePath) : .standardStreams,
      monitor: folder.file("monitor"))
    machine.pace = request.pace
    machine.stopInstant = request.stopInstant
    machine.interruptLog = request.interruptLog
    machine.memoryFile = request.memoryFile
    let isRecorder = request.isFlightRecorder
    machine.transport = isRecorder ? .port : request.transport
    if let recording = request.recording { machine.repetition = .record(recording) }
    memoryFolder = try Self.makeMemoryFolder(request, isRecorder)
    if let path = memoryFolder?.file("memory") { machine.memoryFile = path }
    recorder = machine.memoryFile.flatMap {
      isRecorder ? RecorderReader(memory: $0, isOurs: request.memoryFile == nil, trace: request.trace) : nil
    }
    bell = try machine.memoryFile.flatMap { path throws(EmulationError) in
      request.transport == .memory && !isRecorder
        ? try BellReader(memory: path, isOurs: request.memoryFile == nil, trace: request.trace) : nil
    }
    trace = try FileTail(path: request.trace)
    console = try FileTail(path: consolePath)
    input = try request.consoleInput.map { source throws(EmulationError) in try ConsoleInput(source: source) }

    let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
    let output = open(consolePath, O_WRONLY | O_APPEND | O_CLOEXEC)
    let errors = open(messagesPath, O_WRONLY | O_APPEND | O_CLOEXEC)
    defer { [nothing, output, errors].forEach { close($0) } }
    child = try ChildProcess(
      program: request.emulator, arguments: machine.arguments, guardian: request.guardian,
      input: input?.reading ?? nothing, output: bell?.writing ?? (input == nil ? nothing : output), errors: errors)
    input?.closeReadingEnd()
    bell?.start()
  }

  /// Runs to the end.
  ///
  /// - Parameters:
  ///   - onConsole: is given what the module writes to its console.
  ///   - onProgress: is told at each tick how far the trace is.
  ///   - isEnough: true ends the emulator, whatever the module does.
  public func run(
    onConsole: ([UInt8]) -> Void, onProgress: (TraceProgress) -> Void,
    until isEnough: (TraceProgress) -> Bool = { _ in false }
  ) -> CaptureReport {
    lastBlock = .now
    var status: ChildProcess.Status?
    while status == nil {
      status = child.poll()
      follow(onConsole)
      onProgress(progress)
      guard status == nil else { break }
      obeySignals()
      watchTheClock()
      if !wasDismissed, forced == nil, isEnough(meter.progress) { dismiss() }
      if forced == nil { wait() } else { status = child.end() }
    }
    // The emulator is gone: what it wrote last is in the files now, or in its memory.
    let failure = recorder?.finish() ?? bell?.finish()
    follow(onConsole)
    onProgress(meter.progress)
    return CaptureReport(
      ending: judged(forced ?? ending(of: status)), progress: meter.progress,
      wasInterrupted: wasInterrupted, isRecorded: recorder != nil,
      emulatorMessages: ([failure].compactMap { $0 } + [lastMessages()]).joined(separator: "\n"),
      consoleTail: String(decoding: consoleTail, as: UTF8.self))
  }

  private var progress: TraceProgress {
    var progress = meter.progress
    if let recorder, progress.blocks == 0 { progress.events = recorder.recordedEvents }
    return progress
  }

  /// Whether the kernel has shown a sign of life.
  private var hasBegun: Bool { recorder.map { $0.recordedWords > 0 } ?? (meter.progress.blocks > 0) }

  private func ending(of status: ChildProcess.Status?) -> CaptureReport.Ending {
    // It may have come to its own end just then.
    if wasDismissed, status == .exited(0) { return .dismissed }
    return Self.ending(of: status, wroteTrace: meter.progress.bytes > 0)
  }

  /// The same, unless what ended the trace was that there was no room for it.
  private func judged(_ ending: CaptureReport.Ending) -> CaptureReport.Ending {
    switch ending {
    case .emulatorKilled(signal: SIGXFSZ):
      return .noRoom(reason: "a file may be no larger than 'ulimit -f' says")
    case .dismissed, .abandoned, .noRoom, .kernelFault: return ending
    default:
      guard !meter.progress.hasEnded, let reason = RoomProbe.obstacle(beside: request.trace) else { return ending }
      return .noRoom(reason: reason)
    }
  }

  /// What the emulator's status means: the debug-exit device makes `value << 1 | 1` of the kernel's value.
  static func ending(of status: ChildProcess.Status?, wroteTrace: Bool) -> CaptureReport.Ending {
    switch status {
    // 1 is also what the emulator says when it cannot begin.
    case .exited(1) where wroteTrace: .orderly
    case .exited(3): .kernelFault
    case .exited(0): .machineReset
    case .exited(let other): .emulatorFailed(status: other)
    case .killed(let signal): .emulatorKilled(signal: signal)
    case nil: .abandoned
    }
  }

  /// Reads all that was appended to trace and console.
  private func follow(_ onConsole: ([UInt8]) -> Void) {
    let blocks = meter.progress.blocks
    while true {
      let bytes = trace.read()
      guard !bytes.isEmpty else { break }
      meter.consume(bytes)
    }
    if recorder?.look() ?? (meter.progress.blocks != blocks) { lastBlock = .now }
    while true {
      let bytes = console.read()
      guard !bytes.isEmpty else { break }
      consoleTail = Array((consoleTail + bytes).suffix(Self.keptConsoleBytes))
      onConsole(bytes)
    }
  }

  /// The first signal asks the module to end, the second ends the emulator.
  private func obeySignals() {
    let count = signals.take()
    if count > 1 || count == 1 && wasInterrupted {
      forced = .abandoned
    } else if count == 1 {
      orderlyEndDeadline = .now + request.patience.orderlyEnd
    }
    wasInterrupted = wasInterrupted || count > 0
    // Before the kernel has shown itself, the interrupt could find the firmware, which forgets it.
    if wasInterrupted && !wasAsked && hasBegun { askForOrderlyEnd() }
  }

  /// Asks the kernel, by a non-maskable interrupt, to end the module and write everything out.
  ///
  /// An emulator just started may not listen yet: then the next tick asks again, until the deadline.
  private func askForOrderlyEnd() {
    do throws(EmulationError) {
      var monitor = try QMPClient(path: folder.file("monitor"), timeout: .milliseconds(500))
      try monitor.injectNonMaskableInterrupt()
      wasAsked = true
    } catch {
      wasAsked = false
    }
  }

  /// Tells the emulator to leave: what it records is complete then.
  private func dismiss() {
    do throws(EmulationError) {
      var monitor = try QMPClient(path: folder.file("monitor"), timeout: .milliseconds(500))
      wasDismissed = true
      orderlyEndDeadline = orderlyEndDeadline ?? .now + request.patience.orderlyEnd
      try monitor.execute("quit")
    } catch {
      // It answers or it does not: in both cases its own end tells more.
    }
  }

  private func watchTheClock() {
    let now = ContinuousClock.now
    lookForRoom(now)
    guard forced == nil else { return }
    if let orderlyEndDeadline {
      if now > orderlyEndDeadline { forced = .unresponsive }
    } else if !hasBegun {
      if now > lastBlock + request.patience.firstBlock { forced = .neverBooted }
    } else if let limit = request.patience.nextBlock, now > lastBlock + limit {
      forced = .stalled
    }
  }

  /// Where blocks fail to come, looks whether they could: a module must not run on for a trace that nobody gets.
  private func lookForRoom(_ now: ContinuousClock.Instant) {
    guard now > lastBlock + .seconds(1), now > nextLookForRoom else { return }
    nextLookForRoom = now + .seconds(1)
    if let reason = RoomProbe.obstacle(beside: request.trace) { forced = .noRoom(reason: reason) }
  }

  /// Sleeps a tick, or till a signal or console input comes.
  private func wait() {
    var entries = [pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)]
    // The kernel sets COM1 up at boot and drops what is in it: input waits for the first sign of life.
    let isAlive = hasBegun || console.offset > 0
    if isAlive, let input { entries.append(input.pollEntry) }
    let count = poll(&entries, nfds_t(entries.count), Int32(clamping: request.patience.tick.wholeMilliseconds))
    if count > 0, entries.count > 1, entries[1].revents != 0 { input?.pump() }
  }

  private func lastMessages() -> String {
    let text = (try? String(contentsOfFile: folder.file("messages"), encoding: .utf8)) ?? ""
    return text.split(whereSeparator: \.isNewline).suffix(10).joined(separator: "\n")
  }

  /// A folder for the memory where its ring is read; in memory itself where the system has a place for that.
  private static func makeMemoryFolder(
    _ request: CaptureRequest, _ isRecorder: Bool
  ) throws(EmulationError) -> PrivateDirectory? {
    guard request.transport == .memory || isRecorder, request.memoryFile == nil else { return nil }
    let shared = "/dev/shm"
    return try access(shared, W_OK | X_OK) == 0 ? PrivateDirectory(in: shared) : PrivateDirectory()
  }

  private static func create(_ path: String, _ bytes: [UInt8]) throws(EmulationError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .unwritable(path: path, reason: SystemCall.lastError) }
    defer { close(descriptor) }
    guard SystemCall.writeAll(bytes, to: descriptor) else {
      throw .unwritable(path: path, reason: SystemCall.lastError)
    }
  }
}

import APEXTypes
import Emulation
import Foundation
import GuestRing
import ModuleConfiguration

/// The run of a trace once more, recorded by the emulator so that it can be repeated instruction for instruction.
public struct RepeatedRun {
  /// Path of the kernel's image: the build that recorded the trace.
  public var kernel: String
  /// The packed module, as it was booted then.
  public var image: [UInt8]
  /// The instant at which the kernel was told to stop the module; nil for none.
  public var stopInstant: SystemTime?
  /// How the trace left the machine: the drainer's way is part of what it does, so another one would make another run.
  public var transport: DrainTransport
  /// How long the next block of the trace may be awaited.
  public var patience: Duration

  /// Says what is to be run; nothing is checked or started yet.
  public init(
    kernel: String, image: [UInt8], stopInstant: SystemTime?, transport: DrainTransport, patience: Duration
  ) {
    self.kernel = kernel
    self.image = image
    self.stopInstant = stopInstant
    self.transport = transport
    self.patience = patience
  }

  /// Boots the module and follows it until its trace has the event sought.
  ///
  /// - Parameter folder: gets the recording, the trace and the machine's memory.
  /// - Returns: the trace's path. What a machine that crashed had still in its ring is in it.
  public func record(
    _ sought: SoughtEvent, _ programs: DebuggingPrograms, in folder: RunFolder, signals: SignalWatch,
    onProgress: (TraceProgress) -> Void
  ) throws -> String {
    try makeDisk(folder.recording, programs)
    for path in [folder.trace, folder.memory] { try Data().write(to: URL(fileURLWithPath: path)) }
    var request = CaptureRequest(
      emulator: programs.emulator, guardian: programs.guardian, kernel: kernel, image: image, trace: folder.trace)
    request.stopInstant = stopInstant
    request.transport = transport
    request.memoryFile = folder.memory
    request.recording = folder.recording
    request.patience.firstBlock = patience
    request.patience.nextBlock = patience
    let capture = try Capture(request, signals: signals)
    func isEnough(_ progress: TraceProgress) -> Bool {
      UInt64(progress.events) > sought.position || progress.virtualTime.nanoseconds > sought.event.time
    }
    let report = capture.run(onConsole: { _ in }, onProgress: onProgress, until: isEnough)
    if report.wasInterrupted { throw RevisitError.interrupted }
    if isEnough(report.progress) || report.progress.hasEnded { return folder.trace }
    // A kernel that found an invariant broken, or a machine that was reset, leaves its last events in the ring.
    if let whole = try? rescued(folder) { return whole }
    if report.progress.blocks > 0 { return folder.trace }
    throw RevisitError.endsEarly(
      count: 0, reason: [report.complaint ?? "", report.emulatorMessages].joined(separator: "\n"))
  }

  private func makeDisk(_ recording: Recording, _ programs: DebuggingPrograms) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: programs.diskMaker)
    process.arguments = recording.diskArguments
    process.standardInput = FileHandle.nullDevice
    let messages = Pipe()
    process.standardError = messages
    try process.run()
    let text = (try? messages.fileHandleForReading.readToEnd()).flatMap { $0 } ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw EmulationError.unwritable(path: recording.disk, reason: String(decoding: text, as: UTF8.self))
    }
  }

  private func rescued(_ folder: RunFolder) throws -> String {
    let rescue = try TraceRescue(GuestMemory(ramFile: folder.memory), continuing: folder.trace)
    var bytes: [UInt8] = []
    try rescue.write { bytes += $0 }
    try Data(bytes).write(to: URL(fileURLWithPath: folder.rescuedTrace))
    return folder.rescuedTrace
  }
}

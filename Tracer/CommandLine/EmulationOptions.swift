import APEXTypes
import ArgumentParser
import Emulation
import Foundation
import Outputs

extension VirtualDuration: ExpressibleByArgument {
  /// What `--for` takes: virtual time, never none.
  public init?(argument: String) { self.init(argument) }
  /// As help pages show the default of an option that has one.
  public var defaultValueDescription: String { description }
}

/// What `capture` and `run` have in common.
struct EmulationOptions: ParsableArguments {
  @Argument(help: "The module: its XML description, or an image made by 'partita pack'.", completion: .file())
  var module: String

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      "Stop after this much virtual time: 2s, 500ms, 1.5s. Without it the module runs until Ctrl-C.",
      valueName: "duration"))
  var length: VirtualDuration?

  @Option(
    help: ArgumentHelp("Play bytes and line pulses at virtual instants; repeatable.", valueName: "file"),
    completion: .file())
  var stimulus: String?

  @Flag(help: "Let virtual time follow the host's clock. No two runs are the same then.")
  var realTime = false

  @Option(
    help: ArgumentHelp("The kernel image instead of the one found beside 'partita'.", valueName: "file"),
    completion: .file())
  var kernel: String?

  @Option(
    help: ArgumentHelp("A folder of kernel and partition images; may be repeated.", valueName: "dir"),
    completion: .directory)
  var images: [String] = []

  @Option(
    name: .customLong("qemu-log"),
    help: ArgumentHelp("Let the emulator log every interrupt and exception it takes.", valueName: "file"),
    completion: .file())
  var emulatorLog: String?

  enum Transport: String, ExpressibleByArgument, CaseIterable {
    case port, memory
  }

  @Option(
    help: ArgumentHelp(
      "How the trace leaves the machine: byte by byte through the debug port, or read from its memory: faster, and "
        + "without live input.",
      valueName: "way"))
  var transport: Transport = .port

  @Option(
    name: .customLong("ram"),
    help: ArgumentHelp(
      "Keep the machine's memory in this file: 'partita rescue --ram' reads it after a crash.", valueName: "file"),
    completion: .file())
  var memoryFile: String?

  @Option(
    help: ArgumentHelp(
      "Give up when no block of the trace came for so long, in seconds of real time; 60 unless given, 0: never.",
      valueName: "seconds"))
  var timeout: Int?

  @Flag(
    help: """
      Replace files that exist: the trace, the memory's, the console's, the emulator's log; but never a program (ELF), \
      such as a kernel or a partition's image.
      """)
  var force = false

  mutating func validate() throws {
    guard (0...1_000_000).contains(timeout ?? 0) else { throw ValidationError("--timeout is 0 … 1000000 seconds.") }
    guard memoryFile != "-", emulatorLog != "-" else {
      throw ValidationError("--ram and --qemu-log name files, not standard output.")
    }
  }

  /// Refuses `--force` where no file is named that it could replace.
  func requireOutput(_ output: String?) throws {
    guard !force || [output, memoryFile, emulatorLog].contains(where: { $0 != nil }) else {
      throw ValidationError("--force replaces files, and none is named: give -o, --ram or --qemu-log, or leave it out.")
    }
  }

  /// Refuses outputs that are what is read for this boot, or each other: whatever `--force` says.
  func keepApart(_ outputs: [String?], from others: [String?] = []) throws {
    var named: [String] = []
    // "-" is standard output; what takes only files has refused it.
    for case let output? in outputs + [memoryFile, emulatorLog] where output != "-" {
      try TraceCommand.keepApart(output, from: [module, stimulus, kernel] + others)
      if named.contains(where: { OutputPath.areOnePlace($0, output) }) {
        TraceCommand.complain("\(output) is named for two outputs; name another file for one of them")
        throw ExitCode(2)
      }
      named.append(output)
    }
  }

  /// A request for this module's boot.
  ///
  /// - Throws: `EmulationError` where something is missing on this host.
  func request(image: [UInt8], trace: String) throws -> CaptureRequest {
    let locator = KernelLocator.current
    var request = CaptureRequest(
      emulator: try locator.emulator(), guardian: locator.program("setpriv"),
      kernel: try locator.kernel(explicit: kernel, images: images), image: image, trace: trace)
    request.pace = realTime ? .realTime : .repeatable
    request.stopInstant = length.map { SystemTime.zero + $0.nanoseconds }
    request.transport = transport == .memory ? .memory : .port
    if let emulatorLog {
      try OutputFile.examineStream(emulatorLog, replacing: force)
      request.interruptLog = emulatorLog
    }
    if let memoryFile {
      try makeEmpty(memoryFile)
      request.memoryFile = memoryFile
    }
    let limit = timeout == 0 ? Duration.seconds(1 << 40) : .seconds(timeout ?? 60)
    request.patience.firstBlock = limit
    request.patience.nextBlock = limit
    return request
  }

  private func makeEmpty(_ path: String) throws(EmulationError) {
    guard force || access(path, F_OK) != 0 else { throw .fileExists(path: path) }
    guard !OutputPath.isProgram(path) else { throw .unwritable(path: path, reason: OutputPath.programReason) }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw .unwritable(path: path.isEmpty ? "''" : path, reason: String(cString: strerror(errno)))
    }
    close(descriptor)
  }
}

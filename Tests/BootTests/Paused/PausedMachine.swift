import APEXTypes
import Emulation
import Foundation

/// A booted machine that can be stopped at an instruction and looked into: registers by the monitor, memory by a dump.
///
/// Like `Capture`, to be used from one thread.
final class PausedMachine {
  private let folder: PrivateDirectory
  private var child: ChildProcess
  var stub: DebugStub
  var monitor: QMPClient
  private let mebibytes: Int
  /// Whether the stub has been told to let the machine run by itself.
  private var isLeft = false

  private init(
    folder: consuming PrivateDirectory, child: consuming ChildProcess, stub: consuming DebugStub,
    monitor: consuming QMPClient, mebibytes: Int
  ) {
    self.mebibytes = mebibytes
    self.folder = folder
    self.child = child
    self.stub = stub
    self.monitor = monitor
  }

  /// Starts the emulator with a module image; the machine stands still before its first instruction.
  ///
  /// - Parameters:
  ///   - kernel: the path of the kernel's image; nil for the one that ships.
  ///   - milliseconds: when the kernel stops the module; nil for never.
  ///   - mebibytes: of memory; a run depends on it, so that one to be compared with a capture has the capture's.
  ///   - keepsMemory: whether the memory is a file, `memoryFile`, that outlives the emulator.
  static func start(
    image: [UInt8], kernel: String? = nil, milliseconds: UInt64? = nil, mebibytes: Int = 64,
    keepsMemory: Bool = false
  ) throws -> PausedMachine {
    let folder = try PrivateDirectory()
    try Data(image).write(to: URL(fileURLWithPath: folder.file("module.img")))
    for name in ["trace", "console"] { try Data().write(to: URL(fileURLWithPath: folder.file(name))) }
    var machine = Machine(
      kernel: try kernel ?? BootImages.path("partita-kernel"), image: folder.file("module.img"),
      trace: folder.file("trace"), console: .output(path: folder.file("console")), monitor: folder.file("monitor"))
    machine.memoryMebibytes = mebibytes
    machine.stopInstant = milliseconds.map { SystemTime(nanoseconds: $0 * 1_000_000) }
    if keepsMemory { machine.memoryFile = folder.file("memory") }
    let locator = KernelLocator.current
    let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
    defer { close(nothing) }
    let arguments = machine.arguments + ["-S", "-gdb", "unix:\(folder.file("stub")),server=on,wait=off"]
    var child = try ChildProcess(
      program: try locator.emulator(), arguments: arguments, guardian: locator.program("setpriv"),
      input: nothing, output: nothing, errors: nothing)
    let end = ContinuousClock.now + .seconds(30)
    while !FileManager.default.fileExists(atPath: folder.file("stub"))
      || !FileManager.default.fileExists(atPath: folder.file("monitor"))
    {
      guard ContinuousClock.now < end, child.poll() == nil else {
        throw DebugStubFailure(what: "the emulator does not listen")
      }
      usleep(10_000)
    }
    usleep(50_000)
    let monitor = try QMPClient(path: folder.file("monitor"), timeout: .seconds(30))
    let stub = try DebugStub(path: folder.file("stub"))
    return PausedMachine(folder: folder, child: child, stub: stub, monitor: monitor, mebibytes: mebibytes)
  }

  deinit {
    child.send(SIGKILL)
    var status: Int32 = 0
    _ = waitpid(child.identifier, &status, 0)
  }

  /// The registers as the monitor prints them.
  func registers() throws -> PausedRegisters {
    PausedRegisters(text: try monitor.printed(by: "info registers"))
  }

  /// All of the guest's memory.
  func memory() throws -> PausedMemory {
    let path = folder.file("memory")
    let bytes = mebibytes << 20
    _ = try monitor.printed(by: "pmemsave 0 \(bytes) \"\(path)\"")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    guard data.count == bytes else { throw DebugStubFailure(what: "the dump has \(data.count) bytes") }
    return PausedMemory(data: data)
  }

  /// The machine's memory, where it was asked to keep it.
  var memoryFile: String { folder.file("memory") }

  /// A path of the machine's own folder.
  func file(_ name: String) -> String { folder.file(name) }

  /// The trace as far as it has been written.
  func trace() throws -> [UInt8] { Array(try Data(contentsOf: URL(fileURLWithPath: folder.file("trace")))) }

  /// Lets the machine go on by itself until so many bytes of its trace are written, and stops it wherever it is then.
  ///
  /// By the monitor: stopped by the debugger's stub, QEMU's counted clock jumps to the next timer's instant.
  func run(traceBytes: Int) throws {
    if !isLeft { try stub.leave() } else { try monitor.execute("cont") }
    isLeft = true
    let end = ContinuousClock.now + .seconds(60)
    while try FileManager.default.attributesOfItem(atPath: folder.file("trace"))[.size] as? Int ?? 0 < traceBytes {
      guard child.poll() == nil, ContinuousClock.now < end else {
        throw DebugStubFailure(what: "the machine does not write its trace")
      }
      usleep(1_000)
    }
    try monitor.execute("stop")
  }

  /// Kills the emulator at once.
  func kill() { _ = child.end() }

  /// Waits for the machine's end, and answers its status and the trace that it has left.
  func waitForEnd() throws -> (status: ChildProcess.Status, trace: [UInt8]) {
    let end = ContinuousClock.now + .seconds(60)
    while true {
      if let status = child.poll() {
        return (status, try trace())
      }
      guard ContinuousClock.now < end else { throw DebugStubFailure(what: "the machine does not end") }
      usleep(20_000)
    }
  }
}

/// What the monitor says of the processor.
struct PausedRegisters: Sendable {
  let text: String

  /// The number after `name=`, in hexadecimal; segment registers give their selectors.
  subscript(name: String) -> UInt64? { words(of: name).first.flatMap { UInt64($0, radix: 16) } }

  /// The words after `name=`: of a segment its selector, base, limit and flags.
  func words(of name: String) -> [Substring] {
    for line in text.split(whereSeparator: \.isNewline) {
      guard let place = line.range(of: name) else { continue }
      let isWordStart = place.lowerBound == line.startIndex || line[line.index(before: place.lowerBound)] == " "
      let rest = line[place.upperBound...].drop { $0 == " " }
      guard isWordStart, rest.first == "=" else { continue }
      return rest.dropFirst().split(separator: " ")
    }
    return []
  }
}

/// A dump of the guest's memory, from physical address 0.
struct PausedMemory: Sendable {
  let data: Data

  func byte(_ address: UInt64) -> UInt8 { data[data.startIndex + Int(address)] }
  /// A word; nil beyond the memory.
  func word(_ address: UInt64) -> UInt64? {
    guard address < UInt64(data.count) - 7 else { return nil }
    return data.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: Int(address), as: UInt64.self) }
  }
}

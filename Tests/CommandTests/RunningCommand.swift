import CommandFolder
import Foundation
import Testing

/// A process of the built command that a test can watch and disturb while it runs.
final class RunningCommand {
  /// How it ended.
  enum Ending: Equatable {
    case status(Int32)
    case signal(Int32)
  }

  let identifier: pid_t
  private let folder: CommandFolder
  private let outputName = "stdout-\(UUID().uuidString)"
  private let errorName = "stderr-\(UUID().uuidString)"
  private var ending: Ending?
  /// The most memory that it was seen to have, in bytes.
  private(set) var peakBytes = 0
  /// How many bytes it had read in the end from whatever it had open; its libraries too, which are some 40 KB.
  private(set) var bytesReadInAll = 0
  /// Far more than anything here takes, on a loaded machine too: a test that fails must not hang.
  private static let patience = Duration.seconds(120)
  /// What the kernel calls a process of the command.
  private static let name = "partita"

  /// Starts it in a process group of its own, with the signals as a shell would leave them.
  ///
  /// - Parameters:
  ///   - input: a descriptor for standard input; nil for an empty one.
  ///   - output: one for standard output; nil for a file that `output` reads.
  ///   - errorOutput: one for standard error; nil for a file that `errors` reads.
  ///   - wrapper: a program that becomes the command, such as nohup.
  init(
    _ arguments: [String], in folder: CommandFolder, input: Int32? = nil, output: Int32? = nil,
    errorOutput: Int32? = nil, through wrapper: [String] = []
  ) throws {
    self.folder = folder
    let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC
    let (written, errors) = (open(folder.aside(outputName), flags, 0o600), open(folder.aside(errorName), flags, 0o600))
    defer { [nothing, written, errors].forEach { close($0) } }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input ?? nothing, 0)
    posix_spawn_file_actions_adddup2(&actions, output ?? written, 1)
    posix_spawn_file_actions_adddup2(&actions, errorOutput ?? errors, 2)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    // It goes to the folder, and becomes the command.
    let program = "/usr/bin/env"
    let call = try [program, "-C", folder.path] + wrapper + [CommandFolder.command()] + arguments
    let words = call.map { strdup($0) } + [nil]
    let others = ProcessInfo.processInfo.environment.filter { $0.key != "TMPDIR" }.map { "\($0.key)=\($0.value)" }
    let environment = (others + ["TMPDIR=\(folder.temporary)"]).map { strdup($0) } + [nil]
    defer { (words + environment).forEach { free($0) } }
    var child: pid_t = 0
    let failure = TestPipe.lock.withLock {
      posix_spawn(&child, program, &actions, &attributes, words, environment)
    }
    try #require(failure == 0, "\(program): \(String(cString: strerror(failure)))")
    identifier = child
  }

  var output: String { folder.readAside(outputName) }
  var errors: String { folder.readAside(errorName) }

  func send(_ signal: Int32) { kill(identifier, signal) }

  /// Waits until `condition` holds; false where the process has ended before.
  func reaches(_ condition: () -> Bool) -> Bool {
    let end = ContinuousClock.now + Self.patience
    while ContinuousClock.now < end {
      if condition() { return true }
      if poll() != nil { return condition() }
      usleep(1000)
    }
    return false
  }

  /// Waits for its end; one that does not come fails the test.
  func finish() -> Ending {
    let end = ContinuousClock.now + Self.patience
    while ContinuousClock.now < end {
      if let ending = poll() { return ending }
      usleep(2000)
    }
    Issue.record("the command does not end: \(errors)")
    kill(identifier, SIGKILL)
    while poll() == nil { usleep(2000) }
    return ending ?? .signal(SIGKILL)
  }

  private func poll() -> Ending? {
    if let ending { return ending }
    let status = told("status")
    peakBytes = max(peakBytes, Self.peak(in: status))
    // Till it is waited for, the kernel still tells what it has read.
    guard Self.rest(of: "State:", in: status)?.first == UInt8(ascii: "Z") else { return nil }
    bytesReadInAll = bytesRead
    var raw: Int32 = 0
    guard waitpid(identifier, &raw, WNOHANG) == identifier else { return nil }
    ending = raw & 0x7F == 0 ? .status(raw >> 8 & 0xFF) : .signal(raw & 0x7F)
    return ending
  }

  /// Whether it has been stopped and not yet told to go on.
  var isStopped: Bool { Self.rest(of: "State:", in: told("status"))?.first == UInt8(ascii: "T") }

  /// How many bytes it has read from whatever it has open.
  var bytesRead: Int { Self.figure("rchar:", in: told("io")) }

  /// The peak of memory that is told, in bytes; 0 while it is not yet the command.
  ///
  /// A spawned process can be seen before it has become its program: it still has the memory of the tests then, and
  /// their peak, which is hundreds of megabytes. `Name:` stands before `VmHWM:`, so that one who has the command's
  /// name tells of the command's memory.
  private static func peak(in status: [UInt8]) -> Int {
    guard status.starts(with: "Name:\t\(name)\n".utf8) else { return 0 }
    return figure("VmHWM:", in: status) * 1024
  }

  /// What the kernel tells of it: bytes, for it is asked all the time, and strings would take the tests' processors.
  private func told(_ file: String) -> [UInt8] {
    let descriptor = open("/proc/\(identifier)/\(file)", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    return [UInt8](unsafeUninitializedCapacity: 8192) { $1 = max(0, read(descriptor, $0.baseAddress, $0.count)) }
  }

  /// What stands behind the name with which a line begins, and the space there.
  private static func rest(of name: String, in text: [UInt8]) -> ArraySlice<UInt8>? {
    var line = text[...]
    while !line.starts(with: name.utf8) {
      guard let end = line.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
      line = line[(end + 1)...]
    }
    return line.dropFirst(name.utf8.count).drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
  }

  private static func figure(_ name: String, in text: [UInt8]) -> Int {
    let digits = rest(of: name, in: text)?.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return digits.flatMap { Int(String(decoding: $0, as: UTF8.self)) } ?? 0
  }

  deinit {
    if ending == nil {
      kill(identifier, SIGKILL)
      waitpid(identifier, nil, 0)
    }
  }
}

extension CommandFolder {
  /// Runs the command to its end.
  func run(_ arguments: String..., input: Int32? = nil, output: Int32? = nil) throws -> (
    ending: RunningCommand.Ending, output: String, errors: String
  ) {
    try run(arguments, input: input, output: output)
  }

  func run(_ arguments: [String], input: Int32? = nil, output: Int32? = nil) throws -> (
    ending: RunningCommand.Ending, output: String, errors: String
  ) {
    let command = try RunningCommand(arguments, in: self, input: input, output: output)
    let ending = command.finish()
    return (ending, command.output, command.errors)
  }
}

import Foundation

/// A program started by us that never outlives us.
///
/// It gets a process group of its own, so that the terminal's Ctrl-C reaches us alone and we can end it in order. It is
/// started through `setpriv --pdeathsig` where that exists: if we are killed, the system kills it too. The system means
/// the *thread* that started it, therefore start and wait on one thread.
public struct ChildProcess: ~Copyable {
  /// How a program ended.
  public enum Status: Equatable, Sendable {
    case exited(Int32)
    case killed(signal: Int32)
  }

  /// The process that was started; `setpriv` becomes the program in it. Once the end is known it may be another's.
  public let identifier: pid_t
  private let hasOwnGroup: Bool
  private var status: Status?

  /// Starts `program` with the given standard descriptors and nothing else open.
  ///
  /// - Parameters:
  ///   - guardian: the path of `setpriv`, or nil to start the program directly.
  ///   - ownsTerminal: whether it stays in our process group, and so may use the terminal and gets its Ctrl-C.
  public init(
    program: String, arguments: [String], guardian: String?, input: Int32, output: Int32, errors: Int32,
    ownsTerminal: Bool = false
  ) throws(EmulationError) {
    let prefix = guardian.map { [$0, "--pdeathsig", "KILL", "--"] } ?? []
    let words = prefix + [program] + arguments
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (from, to) in [(input, 0), (output, 1), (errors, 2)] as [(Int32, Int32)] {
      posix_spawn_file_actions_adddup2(&actions, from, to)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setpgroup(&attributes, 0)
    let flags = (ownsTerminal ? 0 : POSIX_SPAWN_SETPGROUP) | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    posix_spawnattr_setflags(&attributes, Int16(flags))
    hasOwnGroup = !ownsTerminal
    let vector = words.map { strdup($0) } + [nil]
    defer { vector.forEach { free($0) } }
    var child: pid_t = 0
    let failure = posix_spawn(&child, words[0], &actions, &attributes, vector, environ)
    guard failure == 0 else { throw .notStarted(program: program, reason: String(cString: strerror(failure))) }
    identifier = child
  }

  /// How the program ended, or nil while it runs.
  public mutating func poll() -> Status? {
    if status == nil { collect(WNOHANG) }
    return status
  }

  /// Sends `signal` to the program, and where it has a process group of its own to what it started.
  public func send(_ signal: Int32) {
    if status == nil { _ = kill(hasOwnGroup ? -identifier : identifier, signal) }
  }

  /// Kills the program, if it still runs, and waits for its end.
  public mutating func end() -> Status {
    send(SIGKILL)
    if status == nil { collect(0) }
    return status ?? .killed(signal: SIGKILL)
  }

  private mutating func collect(_ options: Int32) {
    var raw: Int32 = 0
    let result = SystemCall.retrying { Int(waitpid(identifier, &raw, options)) }
    guard result != 0 else { return }
    guard result > 0 else {
      status = .killed(signal: 0)
      return
    }
    let signal = raw & 0x7F
    status = signal == 0 ? .exited(raw >> 8 & 0xFF) : .killed(signal: signal)
  }

  deinit {
    guard status == nil else { return }
    send(SIGKILL)
    var raw: Int32 = 0
    _ = SystemCall.retrying { Int(waitpid(identifier, &raw, 0)) }
  }
}

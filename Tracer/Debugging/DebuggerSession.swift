import Emulation
import Foundation

/// gdb in the foreground, from its start to its end.
public enum DebuggerSession {
  /// Runs gdb with a script.
  ///
  /// - Parameters:
  ///   - isInteractive: whether it has the terminal; Ctrl-C is then its own affair.
  ///   - signals: all but that end it.
  /// - Throws: `interrupted`, or `debuggerFailed` for any status but 0.
  public static func run(
    _ script: DebuggerScript, _ programs: DebuggingPrograms, in folder: RunFolder, signals: SignalWatch
  ) throws {
    try script.text.write(toFile: folder.script, atomically: false, encoding: .utf8)
    var arguments = ["-q", "-nx", "-x", folder.script]
    if !script.isInteractive { arguments.insert("-batch", at: 0) }
    let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
    defer { close(nothing) }
    var child = try ChildProcess(
      program: programs.debugger, arguments: arguments, guardian: nil,
      input: script.isInteractive ? STDIN_FILENO : nothing, output: STDOUT_FILENO, errors: STDERR_FILENO,
      ownsTerminal: true)
    while true {
      if let status = child.poll() {
        switch status {
        case .exited(0): return
        case .exited(let code): throw RevisitError.debuggerFailed(status: code)
        case .killed(let signal): throw RevisitError.debuggerFailed(status: 128 + signal)
        }
      }
      var entry = pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)
      poll(&entry, 1, 50)
      let numbers = signals.takeNumbers()
      guard numbers.contains(where: { $0 != SIGINT || !script.isInteractive }) else { continue }
      // A debugger that is told that its terminal is gone puts it in order.
      child.send(SIGHUP)
      for _ in 0..<40 where child.poll() == nil { usleep(50_000) }
      _ = child.end()
      throw RevisitError.interrupted
    }
  }
}

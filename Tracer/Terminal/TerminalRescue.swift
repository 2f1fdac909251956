import Foundation

/// What takes the terminal and gives it back, reachable from exit handlers and signals, which carry no context.
enum TerminalRescue {
  /// Unsafe: written before the handlers are in place and while no other thread uses a terminal; of signals' handlers
  /// only those of Ctrl-Z write, and what they find taken they leave taken.
  nonisolated(unsafe) private static var saved = termios()
  nonisolated(unsafe) private static var input: Int32 = -1
  nonisolated(unsafe) private static var output: Int32 = -1
  nonisolated(unsafe) private static var hasHandlers = false
  /// Another screen than the shell's, no cursor, and marks around what is pasted: it is not meant as keys.
  private static let greeting: StaticString = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?2004h\u{1B}[2J"
  /// The shell's screen and the cursor again.
  private static let farewell: StaticString = "\u{1B}[0m\u{1B}[?2004l\u{1B}[?25h\u{1B}[?1049l"

  static func take(input: Int32, output: Int32) -> Bool {
    guard self.input < 0, tcgetattr(input, &saved) == 0, setKeyByKey(input) else { return false }
    self.output = output
    self.input = input
    greet()
    if !hasHandlers {
      hasHandlers = true
      atexit { TerminalRescue.giveBack() }
      catchEnds()
      // Interrupts the wait for a key.
      var action = sigaction()
      action.__sigaction_handler.sa_handler = { _ in }
      sigaction(SIGWINCH, &action, nil)
      if hasDefaultAction(SIGTSTP), hasDefaultAction(SIGCONT) {
        catchStop()
        // Behind a stop that nobody could catch the shell may have set the terminal otherwise.
        signal(SIGCONT) { _ in
          guard TerminalRescue.input >= 0, TerminalRescue.setKeyByKey(TerminalRescue.input) else { return }
          TerminalRescue.greet()
        }
      }
    }
    return true
  }

  private static func setKeyByKey(_ input: Int32) -> Bool {
    var mode = saved
    // Signals of keys come as keys, so that every way out leads past `giveBack`.
    mode.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
    mode.c_iflag &= ~tcflag_t(ICRNL | INLCR | IXON | BRKINT)
    return tcsetattr(input, TCSAFLUSH, &mode) == 0
  }

  private static func greet() { _ = Glibc.write(output, greeting.utf8Start, greeting.utf8CodeUnitCount) }

  // MARK: Signals

  private static func catchEnds() {
    let requests = [SIGTERM, SIGHUP, SIGINT].filter(hasDefaultAction)
    for number in requests + [SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] {
      signal(number) { number in
        TerminalRescue.giveBack()
        signal(number, SIG_DFL)
        raise(number)
      }
    }
  }

  private static func catchStop() { signal(SIGTSTP) { _ in TerminalRescue.stop() } }

  /// Stops the process with the terminal given back, and takes it again when the process goes on.
  ///
  /// Runs in a signal's handler.
  private static func stop() {
    let descriptor = input
    giveBack()
    signal(SIGTSTP, SIG_DFL)
    raise(SIGTSTP)
    // Held up while its handler runs: now it stops us, here.
    var (stop, before) = (sigset_t(), sigset_t())
    sigemptyset(&stop)
    sigaddset(&stop, SIGTSTP)
    pthread_sigmask(SIG_UNBLOCK, &stop, &before)
    pthread_sigmask(SIG_SETMASK, &before, nil)
    catchStop()
    guard descriptor >= 0, setKeyByKey(descriptor) else { return }
    input = descriptor
    greet()
  }

  private static func hasDefaultAction(_ number: Int32) -> Bool {
    var action = sigaction()
    guard sigaction(number, nil, &action) == 0 else { return false }
    let handler: (@convention(c) (Int32) -> Void)? = action.__sigaction_handler.sa_handler
    return handler == nil
  }

  /// Calls only what a signal handler may call.
  static func giveBack() {
    guard input >= 0 else { return }
    let descriptor = input
    input = -1
    _ = Glibc.write(output, farewell.utf8Start, farewell.utf8CodeUnitCount)
    tcsetattr(descriptor, TCSAFLUSH, &saved)
  }
}

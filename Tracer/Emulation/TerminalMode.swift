import Foundation

/// Puts a terminal into the mode of a console line, and back with `restore()`, at the latest when the object goes.
///
/// Keys are passed on one by one and unechoed (the module echoes); Ctrl-C and Ctrl-\ keep their meaning, so that the
/// module can always be ended.
public final class TerminalMode {
  private let descriptor: Int32
  private var saved: termios?

  /// Changes the terminal on `descriptor`; does nothing where there is none.
  public init(descriptor: Int32) {
    self.descriptor = descriptor
    var mode = termios()
    guard isatty(descriptor) == 1, tcgetattr(descriptor, &mode) == 0 else { return }
    saved = mode
    mode.c_lflag &= ~tcflag_t(ICANON | ECHO)
    mode.c_iflag &= ~tcflag_t(ICRNL | INLCR | IXON)
    tcsetattr(descriptor, TCSANOW, &mode)
  }

  /// Gives the terminal back as it was.
  public func restore() {
    guard var mode = saved else { return }
    tcsetattr(descriptor, TCSADRAIN, &mode)
    saved = nil
  }

  deinit { restore() }
}

// The C library declares its streams as variables; nobody sets them here.
@preconcurrency import Glibc
import Outputs
import Synchronization

/// Takes the place of the standard library's in this module: of a failure that one forgets the reason too.
func print(_ text: String, terminator: String = "\n") { StandardOutput.put(text + terminator) }

/// Standard output, with an eye on whether what was written has arrived.
///
/// What is printed goes through the C library's stream, which forgets a failure; and a status of 0 would say that the
/// answer is where the user wanted it.
enum StandardOutput {
  /// Why what was printed could not be written; 0 where it could.
  private static let failure = Atomic<Int32>(0)

  /// Whether answers have colours: on a terminal that can show them, unless the user wants none.
  static let isColored: Bool = {
    func value(_ name: String) -> String { getenv(name).map { String(cString: $0) } ?? "" }
    return isatty(STDOUT_FILENO) == 1 && value("TERM") != "dumb" && value("NO_COLOR").isEmpty
  }()

  /// Whether progress is shown: on a terminal where a line can be drawn anew.
  static let showsProgress: Bool = {
    isatty(STDERR_FILENO) == 1 && getenv("TERM").map { String(cString: $0) } != "dumb"
  }()

  /// Prints through the stream. What fails is told at the end: the command still has to clear up.
  static func put(_ text: String) {
    var text = text
    text.withUTF8 { bytes in
      if fwrite(bytes.baseAddress, 1, bytes.count, stdout) != bytes.count {
        failure.store(errno, ordering: .relaxed)
      }
    }
  }

  /// Hands on what is printed so far, for what goes to standard error after it: both may be one file. What fails is
  /// told at the end, a reader that has gone too: the message is not lost with it.
  static func handOn() {
    let former = signal(SIGPIPE, SIG_IGN)
    defer { signal(SIGPIPE, former) }
    if fflush(stdout) != 0 { failure.store(errno, ordering: .relaxed) }
  }

  /// Writes at once, after what was printed before; a failure ends the command. For answers that are listed while they
  /// are found: where nobody reads any more, whoever did is content with what there was.
  static func write(_ bytes: [UInt8]) {
    guard fflush(stdout) == 0 else { end(errno) }
    if let reason = bytes.withUnsafeBytes({ DescriptorWriter.writeAll($0, to: STDOUT_FILENO) }) { end(reason) }
  }

  /// Hands on what is printed; a failure now or before ends the command. But a reader that has gone ends nothing: the
  /// status may be a verdict, and stays the command's own.
  static func finish() {
    if fflush(stdout) != 0 { failure.store(errno, ordering: .relaxed) }
    // Or an earlier failure, in what the module's own `print` has written or in something else.
    guard ferror(stdout) != 0 else { return }
    let reason = failure.load(ordering: .relaxed)
    if reason != EPIPE { end(reason == 0 ? EIO : reason) }
  }

  private static func end(_ reason: Int32) -> Never {
    guard reason != EPIPE else { exit(0) }
    TraceCommand.complain(
      "standard output cannot be written: \(String(cString: strerror(reason))); the answer is not whole")
    _exit(2)
  }
}

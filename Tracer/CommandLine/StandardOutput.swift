// The C library declares its streams as variables; nobody sets them here.
@preconcurrency import Glibc
import Outputs

/// Standard output, with an eye on whether what was written has arrived.
///
/// What is printed goes through the C library's stream, which forgets a failure; and a status of 0 would say that the
/// answer is where the user wanted it.
enum StandardOutput {
  /// Writes at once, after what was printed before; a failure ends the command.
  static func write(_ bytes: [UInt8]) {
    guard fflush(stdout) == 0 else { end() }
    if let reason = bytes.withUnsafeBytes({ DescriptorWriter.writeAll($0, to: STDOUT_FILENO) }) { end(reason) }
  }

  /// Hands on what is printed; a failure now or before ends the command.
  static func finish() {
    guard fflush(stdout) == 0 else { end() }
    // An earlier failure: of its reason only this is left.
    guard ferror(stdout) == 0 else { end(EIO) }
  }

  /// Nobody reads any more: whoever did is content with what there was. Anything else is worth a word.
  private static func end(_ reason: Int32 = errno) -> Never {
    guard reason != EPIPE else { exit(0) }
    TraceCommand.complain(
      "standard output cannot be written: \(String(cString: strerror(reason))); the answer is not whole")
    _exit(2)
  }
}

import Foundation

/// Whether there is room for more beside a file that another process writes.
///
/// The emulator does not say when its trace cannot be written: the bytes are lost, and the module runs on.
enum RoomProbe {
  /// As much as a block of the trace has, roughly.
  private static let byteCount = 1 << 16

  /// Why nothing more fits there; nil where something does, or where that cannot be told.
  static func obstacle(beside path: String) -> String? {
    // Foundation's own way to take paths apart traps on names of one character.
    let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "./"
    var template = Array("\(folder).partita-room-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { return told(errno) }
    defer { close(descriptor) }
    unlink(template)
    let bytes = [UInt8](repeating: 0, count: byteCount)
    // What a write begins it may not be able to end: the second one says why.
    let isWritten = SystemCall.writeAll(bytes, to: descriptor)
    return isWritten && fsync(descriptor) == 0 ? nil : told(errno)
  }

  private static func told(_ reason: Int32) -> String? {
    [ENOSPC, EDQUOT, EFBIG].contains(reason) ? String(cString: strerror(reason)) : nil
  }
}

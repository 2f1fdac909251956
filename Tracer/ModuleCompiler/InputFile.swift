import Foundation

/// The bytes of a file that somebody has named: a module, a stimulus, a partition's image.
public struct InputFile: Sendable {
  /// The whole file, or at least what was asked for of its beginning; never more than 512 MiB.
  public let bytes: [UInt8]

  /// Why there are none.
  public struct Refusal: Error, Equatable, Sendable {
    /// What follows "cannot be read:" in a message: the system's own words, or what is there instead of a file.
    public var reason: String
    /// What would be right.
    public var advice: String
  }

  /// Files are refused unread beyond this: no partition of the layout is that large.
  static let maximumBytes = 512 << 20

  /// Reads a file, or its beginning.
  ///
  /// - Parameter limit: bytes that are enough; there may be more of them.
  public init(path: String, atLeast limit: Int = .max) throws(Refusal) {
    // Before it is opened: to open a pipe is to wait for whoever writes.
    try Self.examine(path)
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.refusal(errno) }
    defer { close(descriptor) }
    let size = 1 << 16
    var piece = [UInt8](repeating: 0, count: size)
    var all: [UInt8] = []
    var count = 0
    repeat {
      count = read(descriptor, &piece, size)
      if count < 0, errno != EINTR { throw Self.refusal(errno) }
      if count > 0 { all += piece[..<count] }
      guard all.count <= Self.maximumBytes else { throw Self.tooLarge }
    } while count != 0 && all.count < limit
    bytes = all
  }

  /// How many bytes an ordinary file has; nil where there is none.
  static func byteCount(of path: String) -> Int? {
    var information = stat()
    guard stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(information.st_size)
  }

  private static func examine(_ path: String) throws(Refusal) {
    var information = stat()
    guard stat(path, &information) == 0 else { throw refusal(errno) }
    switch information.st_mode & S_IFMT {
    case S_IFREG: break
    case S_IFDIR: throw Refusal(reason: "it is a folder", advice: "name a file")
    default: throw Refusal(reason: "it is no ordinary file", advice: "write it to one first")
    }
    guard information.st_size <= maximumBytes else { throw tooLarge }
  }

  private static var tooLarge: Refusal {
    Refusal(reason: "it has more than \(maximumBytes) bytes", advice: "name a smaller one")
  }

  private static func refusal(_ error: Int32) -> Refusal {
    let advice =
      switch error {
      case ENOENT, ENOTDIR: "name a file that exists"
      case EACCES: "name one that you may read"
      default: "name another"
      }
    return Refusal(reason: String(cString: strerror(error)), advice: advice)
  }
}

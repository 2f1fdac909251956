import Foundation

/// Where a result is to go, looked at before anything is made: no work is lost for a path that could never do.
///
/// Links are followed, so that what they lead to is replaced and not they themselves. Only ordinary files are ever
/// replaced: a device, a pipe or a folder is not what somebody means by `--force`, nor is a program, such as the kernel
/// or a partition's image, which the same command may be about to read.
public struct OutputPath: Equatable, Sendable {
  /// Why nothing can go there.
  public enum Refusal: Error, Equatable, Sendable {
    case exists(path: String)
    case notReplaceable(path: String, reason: String)
    case unwritable(path: String, reason: String)
  }

  /// What every command says where a file is in the way that nobody gave up.
  public static func sentence(existing path: String) -> String {
    "\(path) exists: name another, or add --force to replace it"
  }

  /// The path with its links followed.
  public let path: String
  /// The folder that the result lies in.
  public let folder: String
  /// Its name there.
  public let name: String

  /// - Parameter mayReplace: whether a file that is there may go.
  public init(file text: String, mayReplace: Bool) throws(Refusal) {
    try self.init(text)
    var information = stat()
    if stat(path, &information) == 0 {
      switch information.st_mode & S_IFMT {
      case S_IFREG: break
      case S_IFDIR: throw .notReplaceable(path: text, reason: "it is a folder; name a file")
      default: throw .notReplaceable(path: text, reason: "it is no ordinary file")
      }
      if Self.isProgram(path) { throw .notReplaceable(path: text, reason: Self.programReason) }
      guard mayReplace else { throw .exists(path: text) }
    }
    // The file would have another name than the one that was given.
    guard !text.hasSuffix("/") else { throw .unwritable(path: text, reason: "with / behind it, it names a folder") }
    guard isFolderWritable else {
      throw .unwritable(path: text, reason: String(cString: strerror(errno)))
    }
  }

  /// Takes a path apart, whatever is there.
  public init(_ text: String) throws(Refusal) {
    var trimmed = text[...]
    while trimmed.count > 1, trimmed.hasSuffix("/") { trimmed.removeLast() }
    guard !trimmed.isEmpty, trimmed != "/" else {
      throw .unwritable(path: text.isEmpty ? "''" : text, reason: "it is no name of a file")
    }
    guard trimmed != "-" else {
      throw .unwritable(path: text, reason: "it stands for standard output, and this goes to a file")
    }
    guard let resolved = Self.resolved(String(trimmed)) else {
      throw .unwritable(path: text, reason: String(cString: strerror(ELOOP)))
    }
    path = resolved
    guard let slash = path.lastIndex(of: "/") else {
      (folder, name) = (".", path)
      return
    }
    folder = slash == path.startIndex ? "/" : String(path[..<slash])
    name = String(path[path.index(after: slash)...])
  }

  /// Why a program stays.
  public static let programReason = "it is a program or an image; name another file, or delete it first"

  /// Whether there is an executable file in ELF form: nothing that this command makes is one.
  public static func isProgram(_ path: String) -> Bool {
    guard let file = FileHandle(forReadingAtPath: path), let start = try? file.read(upToCount: 4) else { return false }
    return start.elementsEqual([0x7F, 0x45, 0x4C, 0x46])
  }

  /// Whether files can be made in the folder; where not, `errno` says why. A file in a folder's place is none.
  public var isFolderWritable: Bool { access(folder + "/.", W_OK) == 0 }

  /// The path with its links followed, also where the last one leads to a file that is not there yet; nil where they
  /// lead to no end.
  private static func resolved(_ text: String) -> String? {
    var path = text
    for _ in 0..<40 {
      if let pointer = realpath(path, nil) {
        defer { free(pointer) }
        return String(cString: pointer)
      }
      guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) else { return path }
      // Foundation's own way to take paths apart traps on names of one character.
      guard !target.hasPrefix("/"), let slash = path.lastIndex(of: "/") else {
        path = target
        continue
      }
      path = String(path[...slash]) + target
    }
    return nil
  }

  /// Where the result grows meanwhile: beside its place, under a name of this process's own.
  public var growing: String {
    let hidden = ".\(name).\(getpid()).part"
    return folder == "." ? hidden : folder == "/" ? "/\(hidden)" : "\(folder)/\(hidden)"
  }

  /// Gives a file that has grown elsewhere in the folder its name, in one step: never over one that appeared meanwhile
  /// and may not go.
  ///
  /// - Returns: `errno` where that fails, EEXIST where something is there that may not go; nil where it has its name.
  public static func place(_ grown: String, at path: String, mayReplace: Bool) -> Int32? {
    if mayReplace { return rename(grown, path) == 0 ? nil : errno }
    // A link fails where the name is taken; a rename would overwrite it.
    if link(grown, path) == 0 {
      unlink(grown)
      return nil
    }
    // Some file systems know no links: there a look beforehand is the best that can be had.
    guard [EPERM, EOPNOTSUPP, ENOSYS, EMLINK].contains(errno) else { return errno }
    guard access(path, F_OK) != 0 else { return EEXIST }
    return rename(grown, path) == 0 ? nil : errno
  }

  /// The same for a folder.
  public static func place(folder grown: String, at path: String) -> Int32? {
    // An empty folder is ours to replace, and no other can be made in its place meanwhile.
    guard mkdir(path, 0o777) == 0 else { return errno }
    guard rename(grown, path) != 0 else { return nil }
    let reason = errno
    rmdir(path)
    return reason
  }

  /// Whether both paths name one place for an ordinary file, whether or not one is there.
  public static func areOnePlace(_ one: String, _ other: String) -> Bool {
    guard let a = try? OutputPath(one), let b = try? OutputPath(other), a.name == b.name else { return false }
    var (information, folders) = (stat(), (stat(), stat()))
    if stat(a.path, &information) == 0, information.st_mode & S_IFMT != S_IFREG { return false }
    return stat(a.folder, &folders.0) == 0 && stat(b.folder, &folders.1) == 0
      && folders.0.st_dev == folders.1.st_dev && folders.0.st_ino == folders.1.st_ino
  }

  /// Whether both paths lead to one ordinary file that is there: of a device or a pipe nothing is lost by writing.
  ///
  /// - Parameter other: that of an input; `-` is what standard input comes from.
  public static func areSame(_ one: String, _ other: String) -> Bool {
    var (a, b) = (stat(), stat())
    let isThere = other == "-" ? fstat(STDIN_FILENO, &b) == 0 : stat(other, &b) == 0
    return isThere && stat(one, &a) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino
      && a.st_mode & S_IFMT == S_IFREG
  }
}

import ArgumentParser
import Foundation

/// Folders of images as a command line names them.
enum ImageFolders {
  /// Refuses what is no folder: images would be looked for elsewhere without a word, and others might be found.
  static func require(_ folders: [String]) throws {
    for folder in folders {
      var information = stat()
      if stat(folder, &information) == 0, information.st_mode & S_IFMT == S_IFDIR { continue }
      TraceCommand.complain("--images: '\(folder)' is no folder; name one that holds the images")
      throw ExitCode(2)
    }
  }
}

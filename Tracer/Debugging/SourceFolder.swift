import Foundation

/// Where the sources of an image lie.
///
/// Images name their sources from the top of the tree that they are built from, so that the same sources make the
/// same image wherever they lie. The tree is found again from the image, which `Tools/build-images` leaves inside it.
public enum SourceFolder {
  /// The nearest folder above the image that has a package's manifest, absolute and without links; nil where none has.
  public static func above(_ image: String) -> String? {
    var folder = URL(fileURLWithPath: image).resolvingSymlinksInPath().deletingLastPathComponent()
    while true {
      let manifest = folder.appendingPathComponent("Package.swift").path
      if FileManager.default.fileExists(atPath: manifest) { return folder.path }
      guard folder.path != "/" else { return nil }
      folder.deleteLastPathComponent()
    }
  }

  /// Those of several images, each once, in their order.
  public static func above(_ images: [String]) -> [String] {
    var folders: [String] = []
    for folder in images.compactMap({ above($0) }) where !folders.contains(folder) { folders.append(folder) }
    return folders
  }
}

import Foundation

/// Where the sources of an image lie.
///
/// Images name their sources from the top of the tree that they are built from, so that the same sources make the
/// same image wherever they lie. The tree is found again from the image, which `Tools/build-images` leaves inside it.
/// Those of `Tools/build-partition` lie outside, beside their sources as a rule.
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

  /// Those of several images, each once, in their order; of an image outside any package its own folder.
  public static func above(_ images: [String]) -> [String] {
    var folders: [String] = []
    for folder in images.map({ above($0) ?? own($0) }) where !folders.contains(folder) { folders.append(folder) }
    return folders
  }

  private static func own(_ image: String) -> String {
    URL(fileURLWithPath: image).resolvingSymlinksInPath().deletingLastPathComponent().path
  }
}

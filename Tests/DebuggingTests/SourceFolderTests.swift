import Foundation
import Testing

@testable import Debugging

@Suite struct SourceFolderTests {
  /// A tree within a tree: the nearest one is the image's.
  @Test func theNearestManifestAboveTheImage() throws {
    let files = FileManager.default
    let root = files.temporaryDirectory.resolvingSymlinksInPath().appendingPathComponent("sources-\(UUID())")
    let inner = root.appendingPathComponent("inner")
    let images = inner.appendingPathComponent(".build/images")
    try files.createDirectory(at: images, withIntermediateDirectories: true)
    defer { try? files.removeItem(at: root) }
    for folder in [root, inner] {
      try #require(files.createFile(atPath: folder.appendingPathComponent("Package.swift").path, contents: nil))
    }
    let image = images.appendingPathComponent("one.elf").path
    #expect(SourceFolder.above(image) == inner.path)
    #expect(SourceFolder.above(root.appendingPathComponent("two.elf").path) == root.path)
    #expect(SourceFolder.above([image, image + "2", root.path + "/two.elf"]) == [inner.path, root.path])
  }

  @Test func whatLiesNowhereHasNoSources() {
    let nowhere = "/nowhere-\(UUID())"
    #expect(SourceFolder.above(nowhere + "/one.elf") == nil)
    // Beside the image, perhaps.
    #expect(SourceFolder.above([nowhere + "/one.elf"]) == [nowhere])
    #expect(SourceFolder.above([]).isEmpty)
  }
}

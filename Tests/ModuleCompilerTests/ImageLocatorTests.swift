import TemporaryFolder
import Testing

@testable import ModuleCompiler

/// Where the image of a partition is taken from that several folders have.
@Suite struct ImageLocatorTests {
  /// Who names a folder means it, though one lies beside the module file; of two the first is taken.
  @Test func namedFoldersGoFirst() throws {
    let (own, first, second) = (try TemporaryFolder(), try TemporaryFolder(), try TemporaryFolder())
    for folder in [own, first, second] { try folder.write(TinyELF().bytes, to: "Tiny.elf") }
    try second.write(TinyELF().bytes, to: "Other.elf")
    let module = own.file("module.xml")
    let locator = ImageLocator(moduleFile: module, given: [first.path, second.path])
    #expect(locator.path(of: "Tiny") == first.file("Tiny.elf"))
    #expect(locator.path(of: "Other") == second.file("Other.elf"))
    #expect(ImageLocator(moduleFile: module, given: []).path(of: "Tiny") == own.file("Tiny.elf"))
  }
}

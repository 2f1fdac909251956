import TemporaryFolder
import Testing

@testable import ModuleCompiler

/// Which of several images of one name is taken, and what is said of it.
@Suite struct ImageChoiceTests {
  private static let image = TinyELF().bytes
  /// Another image that is no worse.
  private static let other: [UInt8] = {
    var file = TinyELF()
    file.buildIdentity = [0, 0, 0, 0, 0, 0, 0, 7]
    return file.bytes
  }()

  /// Packs the sample with images of that name beside it and in a folder of the command line; nil for none there.
  private func pack(
    beside: [UInt8]?, given: [UInt8]?, strict: Bool = false, besideName: String = "Tiny.elf", _ text: String? = nil
  ) throws -> (identity: UInt64, notes: [Diagnostic], folders: [String]) {
    let (module, images) = (try TemporaryFolder(), try TemporaryFolder())
    defer { withExtendedLifetime((module, images)) {} }
    if let beside { _ = try module.write(beside, to: besideName) }
    if let given { _ = try images.write(given, to: "Tiny.elf") }
    let file = try module.write(text ?? SampleModule.text, to: "module.xml")
    let packed = try ModuleCompiler.compile(
      file: file, options: .init(isStrict: strict, imageDirectories: [images.path]))
    let identity = try packed.withTable { $0.partition(.init(1)).buildIdentity }
    return (identity, packed.diagnostics.filter { $0.rule == .imageBesideModule }, [module.path, images.path])
  }

  @Test func theOneBesideTheModuleIsTakenAndThatIsSaid() throws {
    for strict in [false, true] {
      let packed = try pack(beside: Self.image, given: Self.other, strict: strict)
      #expect(packed.identity == 0xDEAD_BEEF_0102_0304)
      // A note is told once for each partition, and refuses nothing.
      #expect(packed.notes.count == 3 && packed.notes.allSatisfy { $0.severity == .note }, "\(packed.notes)")
      let message = packed.notes.first { $0.message.contains("'Beta'") }?.description ?? ""
      let (taken, left) = ("'\(packed.folders[0])/Tiny.elf' is taken", "'\(packed.folders[1])/Tiny.elf' is another one")
      #expect(message.contains(": note: \(taken) as the image of 'Beta'"), "\(message)")
      #expect(message.contains("beside the module file; \(left)"), "\(message)")
    }
  }

  @Test func nothingIsSaidWhereThereIsNoChoice() throws {
    // The same bytes, or one of the two alone.
    #expect(try pack(beside: Self.image, given: Self.image).notes.isEmpty)
    #expect(try pack(beside: Self.image, given: nil).notes.isEmpty)
    let given = try pack(beside: nil, given: Self.other)
    #expect(given.notes.isEmpty && given.identity == 7)
    // Of another name.
    #expect(try pack(beside: Self.image, given: Self.other, besideName: "Tiny").notes.isEmpty == false)
    let named = try pack(beside: Self.image, given: Self.other, besideName: "Other.elf")
    #expect(named.notes.isEmpty && named.identity == 7)
  }
}

import CommandFolder
import Foundation
import ModuleConfiguration
import SimulatedModule
import Testing
import TraceFormat

/// Images that are not as they were packed, wherever a command takes one: refused before anything is booted or written,
/// by the file's name and what is wrong with it. Their traces would bear the undamaged image's identity.
@Suite struct DamagedImageTests {
  /// `@` stands for the image.
  static let commands: [[String]] = [
    ["capture", "@", "--for", "1ms", "-o", "out", "--console", "console", "--ram", "memory"],
    ["run", "@", "--for", "1ms", "-o", "out"], ["top", "@", "--for", "1ms", "-o", "out"],
    ["synthesize", "@", "--events", "1000", "-o", "out"], ["what-if", "good", "--module", "@", "-o", "out"],
  ]

  @Test(arguments: commands) func itIsRefused(arguments: [String]) throws {
    let folder = try CommandFolder()
    try folder.write(LongTrace.short.get(), to: "good")
    let image = try Self.image()
    var damaged: [(name: String, bytes: [UInt8], words: String)] = [
      ("cut.img", Array(image.dropLast(100)), "it is cut off: it has"),
      ("short.img", Array(image.prefix(1000)), "it ends within its module table"),
      ("continued.img", image + [10], "something follows its end"),
      ("empty.img", [], "empty.img:1: error: Document is empty"),
      ("text.img", Array("<ARINC_653_Module/>".utf8), "text.img"),
    ]
    for (name, byte, words) in [
      ("table.img", 200, "module table is damaged"), ("magic.img", 3, "module table is damaged"),
      ("segment.img", image.count - 4096, "segment 1 of partition Alpha, at 0x401000, is damaged"),
      ("filling.img", image.count - 1, "byte \(image.count - 1)"),
    ] {
      var changed = image
      changed[byte] ^= 1
      damaged.append((name, changed, words))
    }
    for (name, bytes, _) in damaged { try folder.write(bytes, to: name) }
    let before = folder.names
    for (name, _, words) in damaged {
      let asked = arguments.map { $0 == "@" ? name : $0 }
      let run = try folder.run(asked)
      #expect(run.ending == .status(2), "\(asked): \(run.ending)")
      #expect(run.errors.contains(name) && run.errors.contains(words), "\(asked): \(run.errors)")
      #expect(!run.errors.contains("kernel") && run.output == "", "\(asked): \(run.errors)\(run.output)")
      #expect(folder.names == before && folder.leftovers == [], "\(asked)")
    }
  }

  /// What the others are made of is an image.
  @Test func theUndamagedOneIsTaken() throws {
    let folder = try CommandFolder()
    try folder.write(Self.image(), to: "module.img")
    let run = try folder.run("synthesize", "module.img", "--events", "1000", "-o", "out")
    #expect(run.ending == .status(0), "\(run.errors)")
  }

  /// An image by hand: the table of the long trace's module, with a name for partition 1 and contents for its
  /// constants.
  private static func image() throws -> [UInt8] {
    var description = ModuleDescription.lively
    description.stimuli.removeAll()
    description.partitions[1].name = NameReference(offset: 0, length: 5)
    let contents = Array("constants".utf8)
    let page = ModuleTableLayout.pageBytes
    func sections() -> [TableSection] {
      let sections = description.sections
      var strings = sections[0]
      strings.number = ModuleSection.strings.rawValue
      strings.recordWords = ModuleSection.strings.recordWords
      strings.words = [Array("Alpha\0\0\0".utf8).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }]
      return sections + [strings]
    }
    let tableBytes = try SimulatedModule(sections: sections()).table.byteCount
    let offset = (tableBytes + page - 1) / page * page
    let place = description.partitions[1].segments.first + 1
    description.segments[place].imageOffset = UInt64(offset)
    description.segments[place].imageBytes = UInt64(contents.count)
    description.segments[place].checksum = contents.withUnsafeBytes { XXH64.hash($0) }
    let module = try SimulatedModule(sections: sections())
    var image = withExtendedLifetime(module) { Array(module.table.bytes) }
    image += [UInt8](repeating: 0, count: offset - image.count) + contents
    image += [UInt8](repeating: 0, count: page - contents.count)
    return image.withUnsafeMutableBytes { bytes in
      func put(_ word: UInt64, at offset: Int) { bytes.storeBytes(of: word, toByteOffset: offset, as: UInt64.self) }
      put(UInt64(bytes.count), at: 24)
      put(contents.withUnsafeBytes { XXH64.hash($0) }, at: 56)
      put(ModuleTable.checksum(of: UnsafeRawBufferPointer(rebasing: bytes[..<tableBytes])), at: 32)
      return Array(bytes)
    }
  }
}

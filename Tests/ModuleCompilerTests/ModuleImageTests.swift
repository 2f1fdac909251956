import ModuleConfiguration
import TemporaryFolder
import Testing
import TraceFormat

@testable import ModuleCompiler

/// Images that are not as they were packed. Partition 1 of the sample is Beta; its segment 1, the constants, is the
/// fifth of all.
@Suite struct ModuleImageTests {
  private static let constants = 4

  private static func packed() throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let file = try folder.write(SampleModule.text, to: "module.xml")
    try folder.write(TinyELF().bytes, to: "Tiny.elf")
    return try withExtendedLifetime(folder) { try ModuleCompiler.compile(file: file).imageBytes }
  }

  private func defect(of image: [UInt8]) -> ModuleImage.Defect? {
    do throws(ModuleImage.Defect) {
      _ = try ModuleImage(image)
      return nil
    } catch {
      return error
    }
  }

  private func records(_ image: [UInt8]) throws -> [SegmentRecord] {
    try ModuleImage(image).withTable { table in
      (0..<table.count(SegmentRecord.self)).map { table.record(SegmentRecord.self, $0) }
    }
  }

  /// Where the table has a record, in bytes.
  private func place(of record: Int, in section: ModuleSection = .segments, _ image: [UInt8]) -> Int {
    image.withUnsafeBytes { bytes in
      func word(_ index: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self) }
      let head = ModuleTableLayout.headerWordCount
      let entries = (0..<Int(word(6))).map { head + $0 * ModuleTableLayout.directoryWordCount }
      let entry = entries.first { word($0) == section.rawValue } ?? head
      return Int(word(entry + 3)) + record * Int(word(entry + 1)) * 8
    }
  }

  /// The image with another word in its table, whose checksum fits it.
  private func forged(_ image: [UInt8], at offset: Int, _ change: (UInt64) -> UInt64) -> [UInt8] {
    var image = image
    image.withUnsafeMutableBytes { bytes in
      let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      bytes.storeBytes(of: change(word), toByteOffset: offset, as: UInt64.self)
      let count = Int(bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
      let checksum = ModuleTable.checksum(of: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
      bytes.storeBytes(of: checksum, toByteOffset: 32, as: UInt64.self)
    }
    return image
  }

  @Test func whatWasPackedIsWhole() throws {
    let image = try Self.packed()
    #expect(defect(of: image) == nil)
    #expect(try ModuleImage(image).bytes == image)
  }

  /// Wherever it is: in the table, in what partitions see, or in what nobody does.
  @Test func aBitAnywhereIsFound() throws {
    var image = try Self.packed()
    for byte in stride(from: 0, to: image.count, by: 37) {
      image[byte] ^= 1 << UInt8(byte % 8)
      #expect(defect(of: image) != nil, "byte \(byte)")
      image[byte] ^= 1 << UInt8(byte % 8)
    }
    #expect(defect(of: image) == nil)
  }

  @Test func aBitOfASegmentNamesIt() throws {
    let image = try Self.packed()
    let record = try records(image)[Self.constants]
    for offset in [0, Int(record.imageBytes) - 1] {
      var damaged = image
      damaged[Int(record.imageOffset) + offset] ^= 4
      let expected = ModuleImage.Defect.contents(.init(partition: "Beta", number: 1, address: 0x40_1000))
      #expect(defect(of: damaged) == expected)
      #expect(expected.description.contains("segment 1 of partition Beta, at 0x401000"))
    }
    var filled = image
    filled[Int(record.imageOffset + record.imageBytes)] = 1
    #expect(defect(of: filled) == .filling(byte: Int(record.imageOffset + record.imageBytes)))
  }

  @Test func aBitOfTheTableIsFound() throws {
    let image = try Self.packed()
    let places: [(byte: Int, defect: ModuleTable.Defect)] = [
      (0, .wrongMagic), (8, .wrongVersion), (32, .wrongChecksum),
    ]
    for (byte, expected) in places {
      var damaged = image
      damaged[byte] ^= 1
      #expect(defect(of: damaged) == .table(expected))
    }
    var damaged = image
    damaged[place(of: Self.constants, image)] ^= 1
    #expect(defect(of: damaged) == .table(.wrongChecksum))
  }

  /// Else it would be told to be no XML.
  @Test func aDamagedBeginningIsOneOfAnImage() throws {
    var image = try Self.packed()
    for byte in 0..<16 {
      image[byte] ^= 8
      #expect(ModuleImage.isMeant(by: image) && defect(of: image) != nil)
      image[byte] ^= 8
    }
    #expect(ModuleImage.isMeant(by: Array(image.prefix(8))))
    for text in ["", "PARTITA", SampleModule.text] { #expect(!ModuleImage.isMeant(by: Array(text.utf8))) }
  }

  @Test func theLengthIsTheTables() throws {
    let image = try Self.packed()
    let whole = UInt64(image.count)
    #expect(defect(of: []) == .table(.tooShort))
    #expect(defect(of: Array(image.prefix(63))) == .table(.tooShort))
    #expect(defect(of: Array(image.prefix(1000))) == .table(.wrongSize))
    #expect(defect(of: Array(image.dropLast())) == .cut(byteCount: image.count - 1, of: whole))
    #expect(defect(of: image + [0]) == .continued(byteCount: image.count + 1, of: whole))
  }

  /// What only a table with a right checksum can show.
  @Test func aForgedTableIsMeasuredByTheContents() throws {
    let image = try Self.packed()
    let record = place(of: Self.constants, image)
    let segment = ModuleImage.Segment(partition: "Beta", number: 1, address: 0x40_1000)
    #expect(defect(of: forged(image, at: 56) { $0 ^ 1 }) == .identity)
    #expect(defect(of: forged(image, at: record + 48) { $0 ^ 1 }) == .contents(segment))
    #expect(defect(of: forged(image, at: record + 24) { _ in 0 }) == .misplaced(segment))
    #expect(defect(of: forged(image, at: record + 24) { _ in .max }) == .misplaced(segment))
    let longer = UInt64(image.count) + 4096
    #expect(defect(of: forged(image, at: 24) { _ in longer }) == .cut(byteCount: image.count, of: longer))
  }

  /// The kernel writes a page by these words.
  @Test func aGrantBeyondThePermissionMapIsADefect() throws {
    let image = try Self.packed()
    let (first, count) = (place(of: 0, in: .portGrants, image) + 8, place(of: 0, in: .portGrants, image) + 16)
    for (place, last) in [(first, UInt64(0x8000 - 8)), (count, 0x8000 - 0x3F8)] {
      #expect(defect(of: forged(image, at: place) { _ in last }) != .table(.recordOutOfRange))
      for word in [last + 1, .max] {
        #expect(defect(of: forged(image, at: place) { _ in word }) == .table(.recordOutOfRange), "\(word)")
      }
    }
  }
}

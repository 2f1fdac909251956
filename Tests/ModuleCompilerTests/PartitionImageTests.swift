import ModuleConfiguration
import TestSeeds
import Testing

@testable import ModuleCompiler

@Suite struct PartitionImageTests {
  @Test func readsSegments() throws {
    let image = try PartitionImage(elf: TinyELF().bytes)
    #expect(image.entryPoint == 0x40_0010)
    #expect(image.buildIdentity == 0xDEAD_BEEF_0102_0304)
    #expect(image.segments.map(\.virtualAddress) == [0x40_0000, 0x40_1000, 0x40_2000])
    #expect(image.segments.map(\.memoryBytes) == [4096, 4096, 8192])
    #expect(image.segments.map(\.access.rawValue) == [5, 4, 6])
    #expect(image.segments[1].contents == Array("constants".utf8))
  }

  @Test func theIdentityOfAnyFileIsRead() {
    var file = TinyELF()
    #expect(PartitionImage.buildIdentity(elf: file.bytes) == 0xDEAD_BEEF_0102_0304)
    // Whatever is cut off, the answer is the identity or none.
    let bytes = file.bytes
    for count in 0..<bytes.count {
      let found = PartitionImage.buildIdentity(elf: Array(bytes[..<count]))
      #expect(found == nil || found == 0xDEAD_BEEF_0102_0304)
    }
    file.buildIdentity = nil
    #expect(PartitionImage.buildIdentity(elf: file.bytes) == nil)
    #expect(PartitionImage.buildIdentity(elf: Array("no ELF file".utf8)) == nil)
  }

  @Test func needsNoBuildIdentity() throws {
    var file = TinyELF()
    file.buildIdentity = nil
    #expect(try PartitionImage(elf: file.bytes).buildIdentity == 0)
  }

  static let defects: [(PartitionImage.Defect, @Sendable (inout TinyELF) -> Void)] = [
    (.notX86, { $0.machine = 183 }),
    (.notStaticExecutable, { $0.type = 3 }),
    (.notStaticExecutable, { $0.segments[1].type = 3 }),
    (.notStaticExecutable, { $0.segments[1].type = 2 }),
    (.noSegment, { $0.segments = [] }),
    (
      .tooManySegments,
      { file in
        file.segments = (0..<17).map { .init(flags: 4, address: 0x40_0000 + $0 * 4096, contents: [1], memoryBytes: 1) }
      }
    ),
    (.segmentOutOfBounds(index: 1), { $0.segments[1].memoryBytes = 8 }),
    (.segmentMisaligned(index: 2), { $0.segments[2].address += 8 }),
    (.segmentOutsideLayout(index: 0), { $0.segments[0].address = 0x3F_F000 }),
    (.segmentOutsideLayout(index: 2), { $0.segments[2].address = PartitionLayout.imageLimit }),
    (.segmentOutsideLayout(index: 2), { $0.segments[2].memoryBytes = PartitionLayout.imageLimit }),
    (.segmentOutsideLayout(index: 2), { $0.segments[2].memoryBytes = .max }),
    (.segmentWritableAndExecutable(index: 0), { $0.segments[0].flags = 7 }),
    (.segmentNotReadable(index: 1), { $0.segments[1].flags = 0 }),
    (.segmentsOverlap(index: 1), { $0.segments[1].address = 0x40_0000 }),
    (.entryOutsideCode, { $0.entry = 0x40_1000 }),
    (.entryOutsideCode, { $0.entry = .max }),
  ]

  @Test(arguments: defects.indices) func isRefused(_ index: Int) {
    let (defect, change) = Self.defects[index]
    var file = TinyELF()
    change(&file)
    #expect(throws: defect) { try PartitionImage(elf: file.bytes) }
    #expect(!defect.explanation.what.isEmpty && !defect.explanation.advice.isEmpty)
  }

  @Test func headersAreChecked() {
    func refused(_ defect: PartitionImage.Defect, _ change: (inout [UInt8]) -> Void) {
      var bytes = TinyELF().bytes
      change(&bytes)
      #expect(throws: defect) { try PartitionImage(elf: bytes) }
    }
    refused(.tooShort) { $0.removeLast($0.count - 63) }
    refused(.notELF) { $0[1] = 0 }
    refused(.not64BitLittleEndian) { $0[4] = 1 }
    refused(.not64BitLittleEndian) { $0[5] = 2 }
    refused(.programHeadersOutOfBounds) { $0[39] = 0xFF }
    refused(.programHeadersOutOfBounds) { $0[57] = 0xFF }
    refused(.programHeadersOutOfBounds) { $0[54] = 32 }
    refused(.segmentOutOfBounds(index: 0)) { $0[64 + 15] = 0xFF }
    refused(.noteOutOfBounds) { $0[64 + 3 * 56 + 15] = 0xFF }
  }

  /// Mutated files are read or refused; what is read keeps every promise that the kernel relies on.
  @Test func survivesMutation() {
    let seed = TestSeed.draw()
    print("PartitionImageTests seed \(seed)")
    var generator = SeededGenerator(seed: seed)
    let original = TinyELF().bytes
    var accepted = 0
    for _ in 0..<20_000 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...4, using: &generator) {
        // Headers are where the meaning is.
        let place = Int.random(in: 0..<(Bool.random(using: &generator) ? 288 : bytes.count), using: &generator)
        bytes[place] =
          Bool.random(using: &generator)
          ? UInt8.random(in: 0...255, using: &generator)
          : bytes[place] ^ 1 << UInt8.random(in: 0...7, using: &generator)
      }
      if Int.random(in: 0..<8, using: &generator) == 0 {
        bytes.removeLast(Int.random(in: 0..<bytes.count, using: &generator))
      }
      guard let image = try? PartitionImage(elf: bytes) else { continue }
      accepted += 1
      for segment in image.segments {
        #expect(segment.virtualAddress % 4096 == 0 && segment.memoryBytes % 4096 == 0)
        #expect(segment.virtualAddress >= PartitionLayout.imageBase)
        #expect(segment.virtualAddress + segment.memoryBytes <= PartitionLayout.imageLimit)
        #expect(UInt64(segment.contents.count) <= segment.memoryBytes)
        #expect(!segment.access.contains(SegmentRecord.Access.write.union(.execute)))
      }
    }
    #expect(accepted > 0 && accepted < 20_000)
  }

  /// The image's part of the addresses may be filled to its end, and pages may follow each other.
  @Test func theLastPageIsAnImages() throws {
    var file = TinyELF()
    file.segments[0].memoryBytes = 0x1000
    file.segments[2].memoryBytes = PartitionLayout.imageLimit - file.segments[2].address
    #expect(try PartitionImage(elf: file.bytes).segments.map(\.virtualAddress) == [0x40_0000, 0x40_1000, 0x40_2000])
    file.segments[2].memoryBytes += 1
    #expect(throws: PartitionImage.Defect.segmentOutsideLayout(index: 2)) { try PartitionImage(elf: file.bytes) }
  }
}

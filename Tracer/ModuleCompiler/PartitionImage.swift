import ModuleConfiguration
import TextForms

/// A partition's ELF file as the kernel will see it: page-aligned flat segments, an entry point and a build identity.
///
/// Accepted are static 64-bit x86 executables whose loadable segments begin on pages of their own, lie in the image's
/// part of `PartitionLayout` and are never writable and executable at once. The bytes may be hostile: every offset is
/// checked.
public struct PartitionImage: Equatable, Sendable {
  /// What one loadable program header (PT_LOAD) of the file asks for.
  public struct Segment: Equatable, Sendable {
    /// In the partition's address space, on a page.
    public var virtualAddress: UInt64
    /// Whole pages.
    var memoryBytes: UInt64
    /// What the file has of it; the rest of `memoryBytes` is zero.
    public var contents: [UInt8]
    var access: SegmentRecord.Access
  }

  /// What is wrong with a file that claims to be a partition's image.
  public enum Defect: Error, Equatable, Sendable {
    case tooShort, notELF, not64BitLittleEndian, notX86, notStaticExecutable
    case programHeadersOutOfBounds, tooManySegments, noSegment
    case segmentOutOfBounds(index: Int)
    case segmentMisaligned(index: Int)
    case segmentOutsideLayout(index: Int)
    case segmentWritableAndExecutable(index: Int)
    case segmentNotReadable(index: Int)
    case segmentsOverlap(index: Int)
    case entryOutsideCode
    case noteOutOfBounds

    /// What is wrong and what would be right, for messages.
    var explanation: (what: String, advice: String) {
      switch self {
      case .tooShort: ("is too short for an ELF file", "build the partition again")
      case .notELF: ("is not an ELF file", "name the partition's linked image")
      case .not64BitLittleEndian: ("is not a 64-bit little-endian ELF file", "build for x86_64")
      case .notX86: ("is not for x86-64", "build for x86_64-unknown-none-elf")
      case .notStaticExecutable:
        ("is not a static executable", "link with -static and without -pie, interpreter or shared libraries")
      case .programHeadersOutOfBounds: ("has program headers beyond its end", "build the partition again")
      case .tooManySegments:
        ("has more than \(PartitionImage.maximumSegmentCount) loadable segments", "join sections in the linker script")
      case .noSegment: ("has nothing to load", "link the partition with the partitions' linker script")
      case .segmentOutOfBounds(let index): ("has segment \(index) beyond its end", "build the partition again")
      case .segmentMisaligned(let index):
        ("has segment \(index) that does not start on a page", "align each segment to 4096 in the linker script")
      case .segmentOutsideLayout(let index):
        (
          "has segment \(index) outside the image's addresses",
          "link between \(PartitionLayout.imageBase.hexadecimal) and "
            + "\(PartitionLayout.imageLimit.hexadecimal)"
        )
      case .segmentWritableAndExecutable(let index):
        ("has segment \(index) both writable and executable", "put code and data in segments of their own")
      case .segmentNotReadable(let index): ("has segment \(index) that cannot be read", "give the segment flag R")
      case .segmentsOverlap(let index):
        ("has segment \(index) on pages of another", "align each segment to 4096 in the linker script")
      case .entryOutsideCode:
        ("has its entry point outside executable memory", "name the entry function with ENTRY() in the linker script")
      case .noteOutOfBounds: ("has a note beyond its end", "build the partition again")
      }
    }
  }

  static let maximumSegmentCount = 16

  var entryPoint: UInt64
  /// In order of addresses.
  public var segments: [Segment]
  /// First 8 bytes of the GNU build identity, big-endian; 0 where the file has none.
  var buildIdentity: UInt64
  /// Where the partition's health callback begins, 0 where the module names none.
  var callbackEntry: UInt64 = 0

  /// Bit of a segment's flags (in ELF's part for operating systems) that says: retained over a warm start.
  static let retainedFlag: UInt64 = 0x0010_0000

  /// The image of a partition whose file is not there: nothing to load.
  static let absent = PartitionImage()

  private init() {
    entryPoint = 0
    segments = []
    buildIdentity = 0
  }

  /// Parses an ELF file.
  public init(elf bytes: [UInt8]) throws(Defect) {
    guard bytes.count >= 64 else { throw .tooShort }
    guard bytes[0..<4] == [0x7F, 0x45, 0x4C, 0x46] else { throw .notELF }
    guard bytes[4] == 2, bytes[5] == 1 else { throw .not64BitLittleEndian }
    let file = ELFBytes(bytes)
    guard file.half(18) == 62 else { throw .notX86 }
    guard file.half(16) == 2 else { throw .notStaticExecutable }
    entryPoint = file.word(24)
    let headers = file.word(32)
    let headerBytes = file.half(54)
    let headerCount = file.half(56)
    guard headerBytes == 56, headers <= UInt64(bytes.count),
      headerCount * 56 <= UInt64(bytes.count) - headers
    else { throw .programHeadersOutOfBounds }

    segments = []
    buildIdentity = 0
    for index in 0..<Int(headerCount) {
      let header = Int(headers) + index * 56
      switch file.quarter(header) {
      case 1:
        guard let segment = try Self.segment(file, header, index) else { continue }
        guard segments.count < Self.maximumSegmentCount else { throw .tooManySegments }
        segments.append(segment)
      case 2, 3: throw .notStaticExecutable
      case 4:
        guard let note = file.slice(offset: file.word(header + 8), count: file.word(header + 32)) else {
          throw .noteOutOfBounds
        }
        if let identity = Self.buildIdentity(in: note) { buildIdentity = identity }
      default: continue
      }
    }
    guard !segments.isEmpty else { throw .noSegment }
    try sortAndCheck()
  }

  private static func segment(_ file: ELFBytes, _ header: Int, _ index: Int) throws(Defect) -> Segment? {
    let page = UInt64(ModuleTableLayout.pageBytes)
    let flags = file.quarter(header + 4)
    let address = file.word(header + 16)
    let fileBytes = file.word(header + 32)
    let memoryBytes = file.word(header + 40)
    guard memoryBytes > 0 else { return nil }
    guard fileBytes <= memoryBytes, let contents = file.slice(offset: file.word(header + 8), count: fileBytes) else {
      throw .segmentOutOfBounds(index: index)
    }
    guard address % page == 0 else { throw .segmentMisaligned(index: index) }
    guard address >= PartitionLayout.imageBase, address < PartitionLayout.imageLimit,
      memoryBytes <= PartitionLayout.imageLimit - address
    else { throw .segmentOutsideLayout(index: index) }
    guard flags & 4 != 0 else { throw .segmentNotReadable(index: index) }
    guard flags & 3 != 3 else { throw .segmentWritableAndExecutable(index: index) }
    // ELF's X 1, W 2, R 4 are the bits of SegmentRecord.Access.
    var access = SegmentRecord.Access(rawValue: flags & 7)
    if access.contains(.write), flags & retainedFlag != 0 { access.insert(.retained) }
    return Segment(
      virtualAddress: address, memoryBytes: (memoryBytes + page - 1) / page * page, contents: Array(contents),
      access: access)
  }

  private mutating func sortAndCheck() throws(Defect) {
    segments.sort { $0.virtualAddress < $1.virtualAddress }
    for index in segments.indices.dropFirst() {
      let previous = segments[index - 1]
      guard previous.virtualAddress + previous.memoryBytes <= segments[index].virtualAddress else {
        throw .segmentsOverlap(index: index)
      }
    }
    let entry = entryPoint
    let isInCode = segments.contains {
      $0.access.contains(.execute) && entry >= $0.virtualAddress && entry - $0.virtualAddress < $0.memoryBytes
    }
    guard isInCode else { throw .entryOutsideCode }
  }

  /// The GNU build identity among the notes of a segment: owner "GNU", type 3.
  static func buildIdentity(in notes: ArraySlice<UInt8>) -> UInt64? {
    let file = ELFBytes(Array(notes))
    var offset = 0
    while offset + 12 <= file.bytes.count {
      let nameBytes = Int(file.quarter(offset))
      let valueBytes = Int(file.quarter(offset + 4))
      let name = offset + 12
      let value = name + (nameBytes + 3) / 4 * 4
      guard value <= file.bytes.count, valueBytes <= file.bytes.count - value else { return nil }
      let isBuildIdentity =
        file.quarter(offset + 8) == 3 && nameBytes == 4
        && file.bytes[name..<name + 4].elementsEqual([0x47, 0x4E, 0x55, 0x00])
      if isBuildIdentity, valueBytes >= 8 {
        return file.bytes[value..<value + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      }
      offset = value + (valueBytes + 3) / 4 * 4
    }
    return nil
  }
}

/// Little-endian numbers of a file; callers have checked that the fixed headers lie inside.
struct ELFBytes {
  let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  private func number(_ offset: Int, _ count: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in (0..<count).reversed() { value = value << 8 | UInt64(bytes[offset + index]) }
    return value
  }
  func half(_ offset: Int) -> UInt64 { number(offset, 2) }
  func quarter(_ offset: Int) -> UInt64 { number(offset, 4) }
  func word(_ offset: Int) -> UInt64 { number(offset, 8) }

  /// The bytes of a range that the file itself names; nil where they are not all there.
  func slice(offset: UInt64, count: UInt64) -> ArraySlice<UInt8>? {
    guard offset <= UInt64(bytes.count), count <= UInt64(bytes.count) - offset else { return nil }
    return bytes[Int(offset)..<Int(offset + count)]
  }
}

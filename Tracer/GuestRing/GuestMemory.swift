import Foundation

/// A machine's physical memory, as a file has it: a plain image, or the ELF core that QEMU dumps.
///
/// The file is read piece by piece where it is asked for, and may be a memory backend that an emulator still maps.
public final class GuestMemory {
  /// A range of physical memory, and where in the file it is.
  private struct Piece {
    var address: UInt64
    var offset: UInt64
    var byteCount: UInt64
  }

  /// The kernel uses no memory from here on.
  private static let addressLimit: UInt64 = 1 << 32
  private static let scanBytes = 1 << 20
  private static let pageBytes: UInt64 = 4096
  private static let maximumSegments = 4096

  /// The file, as the user spells it.
  public let path: String
  /// A core with the addresses at which the machine had its memory mapped: what was not mapped is not there.
  private(set) var isOfMappings = false
  private let descriptor: Int32
  private var pieces: [Piece] = []

  private init(opening path: String) throws(RescueError) {
    self.path = path
    // A pipe would hold us up, and is refused behind this.
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .unreadable(path: path, reason: String(cString: strerror(errno))) }
  }

  deinit { close(descriptor) }

  /// Opens a plain image: byte n of the file is the byte at physical address n.
  public convenience init(ramFile path: String) throws(RescueError) {
    try self.init(opening: path)
    if isELF { throw .isACore(path: path) }
    pieces = [Piece(address: 0, offset: 0, byteCount: min(try fileByteCount(), Self.addressLimit))]
  }

  /// Opens an ELF core, whose segments say by their physical addresses what they hold.
  public convenience init(coreFile path: String) throws(RescueError) {
    try self.init(opening: path)
    guard isELF else { throw .notACore(path: path, reason: "it does not begin as an ELF file") }
    try readSegments()
    guard !pieces.isEmpty else { throw .notACore(path: path, reason: "it has no segments of memory") }
  }

  private func fileByteCount() throws(RescueError) -> UInt64 {
    var information = stat()
    guard fstat(descriptor, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(path: path, reason: "it is no regular file")
    }
    return UInt64(information.st_size)
  }

  private var isELF: Bool {
    var magic = [UInt8](repeating: 0, count: 4)
    return readFile(&magic, at: 0) && magic == [0x7F, 0x45, 0x4C, 0x46]
  }

  private func readSegments() throws(RescueError) {
    let size = try fileByteCount()
    var header = [UInt8](repeating: 0, count: 64)
    guard readFile(&header, at: 0) else { throw .notACore(path: path, reason: "it ends within its header") }
    // 64 bits, little-endian; type core; x86-64.
    guard header[4] == 2, header[5] == 1, Self.number(header, 16, 2) == 4, Self.number(header, 18, 2) == 62 else {
      throw .notACore(path: path, reason: "it is no ELF core of an x86-64 machine")
    }
    let first = Self.number(header, 32, 8)
    let count = Int(Self.number(header, 56, 2))
    guard Self.number(header, 54, 2) == 56, count <= Self.maximumSegments, first <= size,
      UInt64(count) * 56 <= size - first
    else { throw .notACore(path: path, reason: "its table of segments is malformed") }
    var table = [UInt8](repeating: 0, count: count * 56)
    guard readFile(&table, at: first) else { throw .unreadable(path: path, reason: "it ends early") }
    for index in 0..<count where Self.number(table, index * 56, 4) == 1 {
      let offset = Self.number(table, index * 56 + 8, 8)
      let address = Self.number(table, index * 56 + 24, 8)
      if ![0, address].contains(Self.number(table, index * 56 + 16, 8)) { isOfMappings = true }
      guard offset <= size, address < Self.addressLimit else { continue }
      let byteCount = min(Self.number(table, index * 56 + 32, 8), size - offset, Self.addressLimit - address)
      pieces.append(Piece(address: address, offset: offset, byteCount: byteCount))
    }
  }

  private static func number(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> UInt64 {
    (0..<count).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64($1 * 8) }
  }

  private func readFile(_ bytes: inout [UInt8], at offset: UInt64) -> Bool {
    bytes.withUnsafeMutableBytes { readFile(into: $0, at: offset) }
  }

  private func readFile(into target: UnsafeMutableRawBufferPointer, at offset: UInt64) -> Bool {
    var done = 0
    while done < target.count {
      let count = pread(descriptor, target.baseAddress! + done, target.count - done, off_t(offset) + off_t(done))
      if count > 0 { done += count } else if count == 0 || errno != EINTR { return false }
    }
    return true
  }

  /// Fills `target` with the memory from `address` on; false where the file does not have all of it in one piece.
  func read(_ address: UInt64, into target: UnsafeMutableRawBufferPointer) -> Bool {
    let count = UInt64(target.count)
    guard
      let piece = pieces.first(where: {
        address >= $0.address && address - $0.address <= $0.byteCount && count <= $0.byteCount - (address - $0.address)
      })
    else { return false }
    return readFile(into: target, at: piece.offset + (address - piece.address))
  }

  /// Where the memory ends that the file has; 0 where the file is empty.
  public var end: UInt64 { pieces.map { $0.address + $0.byteCount }.max() ?? 0 }

  /// So many words from `address` on, or nil.
  func words(_ address: UInt64, count: Int) -> [UInt64]? {
    var words = [UInt64](repeating: 0, count: count)
    let isRead = words.withUnsafeMutableBytes { read(address, into: $0) }
    return isRead ? words.map { UInt64(littleEndian: $0) } : nil
  }

  /// The word at `address`, or nil where the file does not have it.
  public func word(_ address: UInt64) -> UInt64? { words(address, count: 1)?[0] }

  /// The addresses of all pages whose word at `offset` is `magic`, in their order.
  ///
  /// - Parameter isInterrupted: asked now and then; true ends the search.
  func pages(
    withWord magic: UInt64, at offset: Int, isInterrupted: () -> Bool
  ) throws(RescueError) -> [UInt64] {
    var found: Set<UInt64> = []
    // Segments of a core may overlap: what others have shown is not read again, however many there are.
    var covered: UInt64 = 0
    var buffer = [UInt8](repeating: 0, count: Self.scanBytes)
    for piece in pieces.sorted(by: { $0.address < $1.address }) {
      // Pages begin at multiples of their size, wherever the piece begins.
      let first = (piece.address + Self.pageBytes - 1) & ~(Self.pageBytes - 1)
      var address = max(first, covered & ~(Self.pageBytes - 1))
      let end = piece.address + piece.byteCount
      covered = max(covered, end)
      while address < end {
        if isInterrupted() { throw .interrupted }
        let count = min(Self.scanBytes, Int(end - address))
        let isRead = buffer.withUnsafeMutableBytes { read(address, into: .init(rebasing: $0[..<count])) }
        guard isRead else { break }
        buffer.withUnsafeBytes { bytes in
          for start in stride(from: 0, to: count - offset - 7, by: Int(Self.pageBytes))
          where bytes.loadUnaligned(fromByteOffset: start + offset, as: UInt64.self).littleEndian == magic {
            found.insert(address + UInt64(start))
          }
        }
        address += UInt64(count)
      }
    }
    return found.sorted()
  }
}

/// A name that a partition hands over, to be compared with those of the module table: at most
/// `ModuleLimits.maximumNameLength` bytes, ended by a zero where it is shorter.
///
/// A service that takes a name looks through all names there may be with interrupts off, and names may be alike but
/// for their last byte. So the given one is measured once, and then compared eight bytes at a time: what a comparison
/// takes is bounded, whatever the names are, and counted in L.
public struct GivenName {
  private let bytes: UnsafeRawPointer
  let length: Int

  /// - Parameter bytes: `ModuleLimits.maximumNameLength` bytes that can be read and do not change meanwhile.
  public init(_ bytes: UnsafeRawPointer) {
    self.bytes = bytes
    var length = 0
    while length < ModuleLimits.maximumNameLength, bytes.load(fromByteOffset: length, as: UInt8.self) != 0 {
      length += 1
    }
    self.length = length
  }

  /// Whether it is that name of the table, the whole of it.
  @inline(__always) public func isEqual(to name: UnsafeRawBufferPointer) -> Bool {
    // Unsafe: `length` bytes can be read at both.
    guard name.count == length, let other = name.baseAddress else { return name.count == length }
    guard length >= 8 else {
      for offset in 0..<length
      where bytes.load(fromByteOffset: offset, as: UInt8.self) != other.load(fromByteOffset: offset, as: UInt8.self) {
        return false
      }
      return true
    }
    var offset = 0
    while offset < length {
      // The last eight overlap those before.
      let place = min(offset, length &- 8)
      guard
        bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
          == other.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      else { return false }
      offset &+= 8
    }
    return true
  }
}

import APEXTypes

/// The name of a process, a port or another object: the standard's `NAME_TYPE`, 32 bytes, filled up with zeros.
///
/// One of 32 bytes has no zero behind it. Two names are equal when all their bytes are.
public struct ObjectName: Equatable, Sendable, BitwiseCopyable {
  /// Bytes of every name, the standard's `MAX_NAME_LENGTH`.
  public static var byteCount: Int { 32 }

  private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

  /// The name without a byte.
  public init() {}

  /// Copies a name that is ended by a zero or as long as it may be; nothing behind that is read.
  public init(_ bytes: UnsafePointer<UInt8>) {
    var length = 0
    while length < Self.byteCount, bytes[length] != 0 { length &+= 1 }
    copy(bytes, length)
  }

  /// The name that a literal says.
  ///
  /// - Throws: `invalidParameter` where that has more than 32 bytes of UTF-8.
  public init(_ literal: StaticString) throws(ReturnCode) {
    guard literal.utf8CodeUnitCount <= Self.byteCount else { throw .invalidParameter }
    copy(literal.utf8Start, literal.utf8CodeUnitCount)
  }

  private mutating func copy(_ bytes: UnsafePointer<UInt8>, _ length: Int) {
    withUnsafeMutableBytes(of: &words) { own in
      for index in 0..<length { own[index] = bytes[index] }
    }
  }

  /// Calls `body` with all 32 bytes.
  public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    withUnsafeBytes(of: words) { body($0) }
  }

  /// Calls `body` with the address of all 32 bytes, as the kernel is given it.
  public func withAddress<Result>(
    _ body: (UInt64) throws(ReturnCode) -> Result
  ) throws(ReturnCode) -> Result {
    try withUnsafeBytes(of: words) { (bytes) throws(ReturnCode) in
      try body(UInt64(UInt(bitPattern: bytes.baseAddress)))
    }
  }

  /// Word by word: a tuple is not `Equatable` by itself.
  public static func == (a: ObjectName, b: ObjectName) -> Bool {
    a.words.0 == b.words.0 && a.words.1 == b.words.1 && a.words.2 == b.words.2 && a.words.3 == b.words.3
  }
}

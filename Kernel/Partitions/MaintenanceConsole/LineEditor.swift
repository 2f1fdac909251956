/// Puts typed bytes together to a line.
///
/// A line ends with a carriage return or a line feed; the pair counts once. Backspace and delete take back one byte,
/// control-U all. Other control characters are ignored. What is typed beyond `capacity` is dropped and told by
/// `isOverlong`.
public struct LineEditor {
  /// Bytes that a line can hold.
  public static let capacity = 80

  private var storage = InlineArray<80, UInt8>(repeating: 0)
  private var lastWasCarriageReturn = false
  private var isFinished = false
  /// Bytes in the line.
  public private(set) var count = 0
  /// Whether some of the line was dropped.
  public private(set) var isOverlong = false

  /// An empty line.
  public init() {}

  /// Takes one byte; the first after a finished line begins the next.
  ///
  /// - Returns: whether the line is finished with it.
  public mutating func feed(_ byte: UInt8) -> Bool {
    if isFinished {
      isFinished = false
      clear()
    }
    let followsCarriageReturn = lastWasCarriageReturn
    lastWasCarriageReturn = byte == 0x0D
    switch byte {
    case 0x0A where followsCarriageReturn: break
    case 0x0A, 0x0D: isFinished = true
    case 0x08, 0x7F: count = max(0, count - 1)
    case 0x15: clear()
    case 0..<0x20: break
    default: append(byte)
    }
    return isFinished
  }

  /// Gives the line's bytes to `body` for as long as it runs.
  public func withBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
    let count = count
    return withUnsafeBytes(of: storage) { body(UnsafeRawBufferPointer(rebasing: $0[0..<count])) }
  }

  private mutating func append(_ byte: UInt8) {
    guard count < Self.capacity else {
      isOverlong = true
      return
    }
    storage[count] = byte
    count += 1
  }

  private mutating func clear() {
    count = 0
    isOverlong = false
  }
}

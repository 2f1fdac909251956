import TraceFormat

/// How a column's values are stored, from its header.
struct ColumnHeader {
  var planeMask: UInt8
  var predictor: ColumnPredictor
  var base: UInt64
  var step: UInt64
  /// Where its first plane begins, counted from the first of all.
  var planes: Int

  /// Whether all values are the base.
  @inline(__always) var isConstant: Bool { planeMask == 0 && predictor != .time && step == 0 }
}

/// The headers of a payload's groups and columns, read and checked.
///
/// Unsafe room: the table of columns is this object's own, and holds as many as a payload can have at most.
struct ColumnDirectory: ~Copyable {
  private static let maximumColumnCount =
    TraceLimits.maximumGroupCount * (EventColumn.firstWord + TraceLimits.maximumWordCount)

  private(set) var groups: [EventColumns.Group] = []
  /// The columns of all groups, one behind the other.
  let columns = UnsafeMutablePointer<ColumnHeader>.allocate(capacity: Self.maximumColumnCount)
  /// Words of all groups together.
  private(set) var wordCount = 0

  deinit { columns.deallocate() }

  /// Reads the headers that follow the group column; returns where the planes begin.
  ///
  /// Unsafe: eight bytes more than the payload has can be read, whatever they are.
  /// Afterwards all planes lie within the payload, and the groups have `eventCount` events together.
  mutating func read(_ payload: UnsafeRawBufferPointer, _ eventCount: Int) throws(PayloadDefect) -> Int {
    groups.removeAll(keepingCapacity: true)
    wordCount = 0
    var cursor = PayloadReader(payload, eventCount)
    let count = try cursor.take(2)
    guard count > 0, count <= UInt64(TraceLimits.maximumGroupCount) else { throw .groupCount }
    var first = 0
    var planes = 0
    var column = columns
    for _ in 0..<count {
      let shape = try cursor.take(6)
      let words = Int(shape &>> 8 & 0xFF)
      let events = Int(shape &>> 16)
      guard words <= TraceLimits.maximumWordCount, events > 0, events <= eventCount - first else { throw .groupHeader }
      groups.append(
        EventColumns.Group(
          kind: UInt8(truncatingIfNeeded: shape), wordCount: words, first: first, count: events, words: wordCount))
      for number in 0..<(EventColumn.firstWord + words) {
        try Self.readColumn(number, payload, &cursor.position, into: column)
        column.pointee.planes = planes
        planes &+= column.pointee.planeMask.nonzeroBitCount &* events
        column += 1
      }
      first += events
      wordCount += words * events
    }
    guard first == eventCount else { throw .groupColumn }
    guard planes <= payload.count - cursor.position else { throw .endsEarly }
    guard planes == payload.count - cursor.position else { throw .trailingBytes }
    return cursor.position
  }

  @inline(__always)
  private static func readColumn(
    _ number: Int, _ payload: UnsafeRawBufferPointer, _ position: inout Int,
    into target: UnsafeMutablePointer<ColumnHeader>
  ) throws(PayloadDefect) {
    // Nothing is looked at before it is known to be the payload's; only the load of the base is eight bytes always.
    guard let bytes = payload.baseAddress, position &+ 2 <= payload.count else { throw .endsEarly }
    let two = UInt16(littleEndian: (bytes + position).loadUnaligned(as: UInt16.self))
    let mask = UInt8(truncatingIfNeeded: two)
    let baseBytes = Int(two &>> 12)
    let width = EventColumn.byteWidth(number)
    guard let predictor = ColumnPredictor(rawValue: UInt8(truncatingIfNeeded: two &>> 8) & 15), baseBytes <= width,
      Int(mask) < 1 << width, predictor != .time || number >= EventColumn.firstWord
    else { throw .columnHeader }
    let base = position &+ 2
    let step = base &+ baseBytes
    position = predictor == .step ? step &+ 8 : step
    guard position <= payload.count else { throw .endsEarly }
    let word = UInt64(littleEndian: (bytes + base).loadUnaligned(as: UInt64.self))
    target.initialize(
      to: ColumnHeader(
        planeMask: mask, predictor: predictor,
        base: baseBytes == 0 ? 0 : word & (~0 &>> UInt64(truncatingIfNeeded: 64 &- baseBytes &* 8)),
        step: predictor == .step
          ? UInt64(littleEndian: (bytes + step).loadUnaligned(as: UInt64.self)) : 0,
        planes: 0))
  }
}

/// Takes little-endian numbers from a payload and never beyond its end.
struct PayloadReader {
  private let bytes: UnsafeRawBufferPointer
  var position: Int

  init(_ bytes: UnsafeRawBufferPointer, _ position: Int) {
    self.bytes = bytes
    self.position = position
  }

  /// - Precondition: `count` is 0 … 8.
  @inline(__always)
  mutating func take(_ count: Int) throws(PayloadDefect) -> UInt64 {
    let end = position &+ count
    guard end <= bytes.count else { throw .endsEarly }
    defer { position = end }
    guard count > 0 else { return 0 }
    // Unsafe: eight bytes from here on are the payload's, as was asked right before.
    if position &+ 8 <= bytes.count, let base = bytes.baseAddress {
      let word = UInt64(littleEndian: (base + position).loadUnaligned(as: UInt64.self))
      return word & (~0 &>> UInt64(truncatingIfNeeded: 64 &- count &* 8))
    }
    var value: UInt64 = 0
    for index in 0..<count { value |= UInt64(bytes[position + index]) &<< UInt64(index * 8) }
    return value
  }
}

import TraceFormat

/// What is wrong with the payload of an event block whose checksum is right.
public enum PayloadDefect: String, Error, Equatable, Sendable {
  case notDecompressible = "the payload does not decompress to its declared length"
  case endsEarly = "the payload ends before its columns do"
  case groupCount = "there is no group, or the number of groups is out of range"
  case groupHeader = "a group's header is malformed"
  case columnHeader = "a column's header is malformed"
  case groupColumn = "the group column does not agree with the groups' event counts"
  case trailingBytes = "the payload has bytes that belong to no column"
  case firstTime = "the first event is not at the block's base time"
}

/// Turns the payload of an event block back into events, every column of them.
///
/// Payloads may be hostile: every length is checked before use, and memory follows the event count, which the block
/// header bounds.
struct EventBlockDecoder {
  private struct Column {
    var planeMask: UInt8 = 0
    var predictor = ColumnPredictor.base
    var base: UInt64 = 0
    var step: UInt64 = 0
    /// Where the first plane begins in the payload.
    var planes = 0
  }

  private struct Group {
    var kind: UInt8
    var count: Int
    /// Where its events begin in `order`.
    var first: Int
    var columns: [Column]
  }

  private var groups: [Group] = []
  /// Event indices, group by group.
  private var order: [UInt32] = []
  private var values: [UInt64] = []

  /// Decodes `eventCount` events into `events`, replacing what it holds.
  mutating func decode(
    _ payload: UnsafeRawBufferPointer, eventCount: Int, baseTime: UInt64, into events: inout [TraceEvent]
  ) throws(PayloadDefect) {
    try readHeaders(payload, eventCount)
    try readOrder(payload, eventCount)
    if values.count < eventCount { values = [UInt64](repeating: 0, count: eventCount) }
    events.removeAll(keepingCapacity: true)
    events.append(contentsOf: repeatElement(TraceEvent(time: 0, kind: 0), count: eventCount))
    events.withUnsafeMutableBufferPointer { target in
      // The one place that writes events by field offset; every index in `order` is below `eventCount`.
      let base = UnsafeMutableRawPointer(target.baseAddress!)
      for group in groups { decodeColumn(EventColumn.timeDelta, of: group, payload, base) }
      var time = baseTime
      for index in 0..<eventCount {
        time &+= target[index].time
        target[index].time = time
      }
      for group in groups {
        for index in order[group.first..<(group.first + group.count)] { target[Int(index)].kind = group.kind }
        for column in EventColumn.partition..<group.columns.count { decodeColumn(column, of: group, payload, base) }
      }
    }
    guard events[0].time == baseTime else { throw .firstTime }
  }

  // MARK: Headers

  private mutating func readHeaders(_ payload: UnsafeRawBufferPointer, _ eventCount: Int) throws(PayloadDefect) {
    groups.removeAll(keepingCapacity: true)
    var cursor = Cursor(payload, eventCount)
    let count = try cursor.take(2)
    guard count > 0, count <= UInt64(TraceLimits.maximumGroupCount) else { throw .groupCount }
    var first = 0
    for _ in 0..<count {
      let kind = UInt8(try cursor.take(1))
      let words = Int(try cursor.take(1))
      let events = Int(try cursor.take(4))
      guard words <= TraceLimits.maximumWordCount, events > 0, events <= eventCount - first else { throw .groupHeader }
      var columns: [Column] = []
      columns.reserveCapacity(EventColumn.firstWord + words)
      for column in 0..<(EventColumn.firstWord + words) { columns.append(try Self.readColumn(column, &cursor)) }
      groups.append(Group(kind: kind, count: events, first: first, columns: columns))
      first += events
    }
    guard first == eventCount else { throw .groupColumn }
    var planes = cursor.position
    for group in groups.indices {
      for column in groups[group].columns.indices {
        groups[group].columns[column].planes = planes
        planes += groups[group].columns[column].planeMask.nonzeroBitCount * groups[group].count
      }
    }
    guard planes <= payload.count else { throw .endsEarly }
    guard planes == payload.count else { throw .trailingBytes }
  }

  private static func readColumn(_ column: Int, _ cursor: inout Cursor) throws(PayloadDefect) -> Column {
    var result = Column()
    result.planeMask = UInt8(try cursor.take(1))
    let form = UInt8(try cursor.take(1))
    let width = EventColumn.byteWidth(column)
    guard let predictor = ColumnPredictor(rawValue: form & 15), Int(form >> 4) <= width,
      Int(result.planeMask) < 1 << width, predictor != .time || column >= EventColumn.firstWord
    else { throw .columnHeader }
    result.predictor = predictor
    result.base = try cursor.take(Int(form >> 4))
    if predictor == .step { result.step = try cursor.take(8) }
    return result
  }

  private mutating func readOrder(_ payload: UnsafeRawBufferPointer, _ eventCount: Int) throws(PayloadDefect) {
    if order.count < eventCount { order = [UInt32](repeating: 0, count: eventCount) }
    var next = groups.map(\.first)
    for event in 0..<eventCount {
      let group = Int(payload[event])
      guard group < groups.count, next[group] < groups[group].first + groups[group].count else { throw .groupColumn }
      order[next[group]] = UInt32(event)
      next[group] += 1
    }
  }

  // MARK: Columns

  private mutating func decodeColumn(
    _ index: Int, of group: Group, _ payload: UnsafeRawBufferPointer, _ events: UnsafeMutableRawPointer
  ) {
    let column = group.columns[index]
    let bits = EventColumn.bitWidth(index)
    let mask = ~UInt64(0) >> (64 - bits)
    gatherResiduals(column, group.count, payload)
    let stride = MemoryLayout<TraceEvent>.stride
    values.withUnsafeMutableBufferPointer { values in
      var before = column.base &- (column.predictor == .step ? column.step : 0)
      switch column.predictor {
      case .base:
        for i in 0..<group.count { values[i] = (column.base &+ EventColumn.unzigzag(values[i])) & mask }
      case .previous, .step:
        for i in 0..<group.count {
          before = (before &+ column.step &+ EventColumn.unzigzag(values[i])) & mask
          values[i] = before
        }
      case .time:
        for i in 0..<group.count {
          let time = events.load(fromByteOffset: Int(order[group.first + i]) * stride, as: UInt64.self)
          values[i] = (column.base &+ time &+ EventColumn.unzigzag(values[i])) & mask
        }
      }
      order.withUnsafeBufferPointer { order in
        Self.scatter(values, to: index, of: order[group.first..<(group.first + group.count)], events)
      }
    }
  }

  private mutating func gatherResiduals(_ column: Column, _ count: Int, _ payload: UnsafeRawBufferPointer) {
    values.withUnsafeMutableBufferPointer { values in
      for i in 0..<count { values[i] = 0 }
      var plane = column.planes
      for byte in 0..<8 where column.planeMask >> UInt8(byte) & 1 != 0 {
        // `readHeaders` made sure that all planes lie within the payload.
        let bytes = UnsafeRawBufferPointer(rebasing: payload[plane..<(plane + count)])
        let shift = UInt64(byte) << 3
        for i in 0..<count { values[i] |= UInt64(bytes[i]) &<< shift }
        plane += count
      }
    }
  }

  /// Stores a column's values in their field of the group's events.
  private static func scatter(
    _ values: UnsafeMutableBufferPointer<UInt64>, to column: Int, of order: Slice<UnsafeBufferPointer<UInt32>>,
    _ events: UnsafeMutableRawPointer
  ) {
    let order = UnsafeBufferPointer(rebasing: order)
    let stride = MemoryLayout<TraceEvent>.stride
    func store<Field: FixedWidthInteger>(_ type: Field.Type, at offset: Int) {
      for i in 0..<order.count {
        events.storeBytes(
          of: Field(truncatingIfNeeded: values[i]), toByteOffset: Int(order[i]) * stride + offset, as: type)
      }
    }
    switch column {
    case EventColumn.timeDelta: store(UInt64.self, at: MemoryLayout<TraceEvent>.offset(of: \.time)!)
    case EventColumn.partition: store(UInt8.self, at: MemoryLayout<TraceEvent>.offset(of: \.partition)!)
    case EventColumn.detail: store(UInt8.self, at: MemoryLayout<TraceEvent>.offset(of: \.detail)!)
    case EventColumn.operand: store(UInt32.self, at: MemoryLayout<TraceEvent>.offset(of: \.operand)!)
    default:
      let first = MemoryLayout<TraceEvent>.offset(of: \.words.w0)!
      store(UInt64.self, at: first + (column - EventColumn.firstWord) * 8)
    }
  }

  /// Takes little-endian numbers from the payload and never beyond its end.
  private struct Cursor {
    let bytes: UnsafeRawBufferPointer
    var position: Int

    init(_ bytes: UnsafeRawBufferPointer, _ position: Int) {
      self.bytes = bytes
      self.position = position
    }

    mutating func take(_ count: Int) throws(PayloadDefect) -> UInt64 {
      guard position <= bytes.count, count <= bytes.count - position else { throw .endsEarly }
      var value: UInt64 = 0
      for index in 0..<count { value |= UInt64(bytes[position + index]) << UInt64(index * 8) }
      position += count
      return value
    }
  }
}

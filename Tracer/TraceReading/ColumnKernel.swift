import TraceFormat

/// Memory for arrays of columns, kept from block to block.
///
/// Unsafe room: the memory is this object's; who reserves it forgets what was reserved before.
final class ColumnArena {
  private var base = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 64)
  private var capacity = 64

  deinit { base.deallocate() }

  /// At least `byteCount` bytes, with unspecified contents.
  func reserve(_ byteCount: Int) -> UnsafeMutableRawPointer {
    if byteCount > capacity {
      base.deallocate()
      capacity = byteCount + byteCount / 4
      base = .allocate(byteCount: capacity, alignment: 64)
    }
    return base
  }

  var byteCount: Int { capacity }
}

/// Takes little-endian numbers from a payload and never beyond its end.
struct PayloadReader {
  private let bytes: UnsafeRawBufferPointer
  private(set) var position: Int

  init(_ bytes: UnsafeRawBufferPointer, _ position: Int) {
    self.bytes = bytes
    self.position = position
  }

  /// - Precondition: `count` is 0 … 8.
  @inline(__always)
  mutating func take(_ count: Int) throws(PayloadDefect) -> UInt64 {
    guard position <= bytes.count, count <= bytes.count - position else { throw .endsEarly }
    defer { position += count }
    guard count > 0 else { return 0 }
    if position + 8 <= bytes.count {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
      return word & (~0 >> UInt64(64 - count * 8))
    }
    var value: UInt64 = 0
    for index in 0..<count { value |= UInt64(bytes[position + index]) << UInt64(index * 8) }
    return value
  }
}

/// How a column's values are stored, from its header.
struct ColumnHeader {
  var planeMask: UInt8
  var predictor: ColumnPredictor
  var base: UInt64
  var step: UInt64 = 0
  /// Where its first plane begins, counted from the first of all.
  var planes = 0

  @inline(__always)
  init(_ cursor: inout PayloadReader, column: Int) throws(PayloadDefect) {
    let two = try cursor.take(2)
    planeMask = UInt8(truncatingIfNeeded: two)
    let form = UInt8(truncatingIfNeeded: two >> 8)
    let width = EventColumn.byteWidth(column)
    guard let predictor = ColumnPredictor(rawValue: form & 15), Int(form >> 4) <= width,
      Int(planeMask) < 1 << width, predictor != .time || column >= EventColumn.firstWord
    else { throw .columnHeader }
    self.predictor = predictor
    base = try cursor.take(Int(form >> 4))
    if predictor == .step { step = try cursor.take(8) }
  }
}

/// Turns the byte planes of one column back into its values.
///
/// The loops are written so that the compiler makes vectors of them. Unsafe: the caller has made sure that the planes
/// lie within the payload, and that the target has room for `count` values.
struct ColumnKernel {
  let header: ColumnHeader
  let count: Int
  let planes: UnsafeRawPointer

  /// Values of 64 bits, with the times of their events where the predictor may want them.
  func decode(into target: UnsafeMutablePointer<UInt64>, times: UnsafePointer<UInt64>?) {
    guard header.predictor == .time, let times else { return decode(into: target) }
    let base = header.base
    if header.planeMask == 0 {
      for index in 0..<count { target[index] = base &+ times[index] }
    } else {
      gather(target)
      for index in 0..<count { target[index] = base &+ times[index] &+ Self.unzigzag(target[index]) }
    }
  }

  func decode<Value: FixedWidthInteger & UnsignedInteger>(into target: UnsafeMutablePointer<Value>) {
    let base = Value(truncatingIfNeeded: header.base)
    let step = header.predictor == .step ? Value(truncatingIfNeeded: header.step) : 0
    if header.planeMask == 0 {
      var value = base
      if step == 0 {
        target.update(repeating: base, count: count)
      } else {
        for index in 0..<count {
          target[index] = value
          value &+= step
        }
      }
      return
    }
    switch header.predictor {
    case .base, .time:
      if header.planeMask == 1 {
        let bytes = planes.assumingMemoryBound(to: UInt8.self)
        for index in 0..<count { target[index] = base &+ Self.unzigzag(Value(truncatingIfNeeded: bytes[index])) }
      } else {
        gather(target)
        for index in 0..<count { target[index] = base &+ Self.unzigzag(target[index]) }
      }
    case .previous, .step:
      gather(target)
      for index in 0..<count { target[index] = step &+ Self.unzigzag(target[index]) }
      var value = base &- step
      for index in 0..<count {
        value &+= target[index]
        target[index] = value
      }
    }
  }

  @inline(__always)
  private static func unzigzag<Value: FixedWidthInteger>(_ number: Value) -> Value {
    number &>> 1 ^ (0 &- (number & 1))
  }

  /// Puts the residuals together from their planes.
  @inline(__always)
  private func gather<Value: FixedWidthInteger & UnsignedInteger>(_ target: UnsafeMutablePointer<Value>) {
    let bytes = planes.assumingMemoryBound(to: UInt8.self)
    let count = count
    switch header.planeMask {
    case 0b1:
      for index in 0..<count { target[index] = Value(truncatingIfNeeded: bytes[index]) }
    case 0b11:
      let high = bytes + count
      for index in 0..<count {
        target[index] = Value(truncatingIfNeeded: UInt16(bytes[index]) | UInt16(high[index]) &<< 8)
      }
    case 0b111:
      let (middle, high) = (bytes + count, bytes + 2 * count)
      for index in 0..<count {
        target[index] = Value(
          truncatingIfNeeded: UInt32(bytes[index]) | UInt32(middle[index]) &<< 8 | UInt32(high[index]) &<< 16)
      }
    case let mask:
      var plane = bytes
      var isFirst = true
      for byte in 0..<MemoryLayout<Value>.size where mask >> UInt8(byte) & 1 != 0 {
        let shift = Value(truncatingIfNeeded: byte * 8)
        if isFirst {
          for index in 0..<count { target[index] = Value(truncatingIfNeeded: plane[index]) &<< shift }
        } else {
          for index in 0..<count { target[index] |= Value(truncatingIfNeeded: plane[index]) &<< shift }
        }
        isFirst = false
        plane += count
      }
    }
  }
}

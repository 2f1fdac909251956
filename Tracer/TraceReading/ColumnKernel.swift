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

  /// The same, with the first `kept` bytes as they are.
  func grow(_ byteCount: Int, keeping kept: Int) -> UnsafeMutableRawPointer {
    guard byteCount > capacity else { return base }
    capacity = byteCount + byteCount / 2
    let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 64)
    larger.copyMemory(from: base, byteCount: kept)
    base.deallocate()
    base = larger
    return base
  }

  var byteCount: Int { capacity }
}

/// Turns the byte planes of one column back into its values, eight at a time.
///
/// The residuals' bytes are interleaved to numbers of as few bits as there are planes, the zigzag is undone there, and
/// they are widened last. Unsafe room: whoever makes a kernel has made sure that the planes lie within the payload,
/// that `slack` bytes behind them can be read, and that the target takes up to seven values more than `count`.
struct ColumnKernel {
  /// What is read, and how many values are written, beyond the end.
  static let slack = 8
  /// A plane that is not stored: as long as any plane can be.
  private static let zeros = UnsafeZeros(byteCount: TraceLimits.maximumEventsPerBlock + slack)

  let header: ColumnHeader
  let count: Int
  let planes: UnsafeRawPointer

  @inline(__always)
  init(_ header: ColumnHeader, count: Int, planes: UnsafeRawPointer) {
    self.header = header
    self.count = count
    self.planes = planes + header.planes
  }

  /// Writes the column's values, with the times of their events where the predictor may want them.
  func decode(into target: UnsafeMutablePointer<UInt64>, times: UnsafePointer<UInt64>?) {
    guard header.planeMask != 0 else { return fill(target, times) }
    switch header.predictor {
    case .base: forEachEight(header.base) { Self.store($1, target + $0) }
    case .time:
      guard let times else { return }
      forEachEight(header.base) { Self.store($1 &+ Self.load(times + $0), target + $0) }
    case .previous, .step:
      forEachEight(header.step) { Self.store($1, target + $0) }
      var value = header.base &- header.step
      for index in 0..<count {
        value &+= target[index]
        target[index] = value
      }
    }
  }

  /// Ors the column's values, cut by `mask` and shifted, into `target`.
  ///
  /// - Parameter scratch: takes the values of a column where each follows from the one before.
  func mix(
    into target: UnsafeMutablePointer<UInt64>, shift: UInt64, mask: UInt64, scratch: UnsafeMutablePointer<UInt64>
  ) {
    let mask = SIMD8(repeating: mask)
    let shift = SIMD8(repeating: shift)
    forEachEightValues(scratch) {
      Self.store(Self.load(target + $0) | ($1 & mask) &<< shift, target + $0)
    }
  }

  /// Writes the same to `target`, ored with `common`.
  func begin(
    _ target: UnsafeMutablePointer<UInt64>, with common: UInt64, shift: UInt64, mask: UInt64,
    scratch: UnsafeMutablePointer<UInt64>
  ) {
    let common = SIMD8(repeating: common)
    let mask = SIMD8(repeating: mask)
    let shift = SIMD8(repeating: shift)
    forEachEightValues(scratch) { Self.store(common | ($1 & mask) &<< shift, target + $0) }
  }

  /// Hands out the column's values, by the index of the first of each eight.
  @inline(__always)
  private func forEachEightValues(_ scratch: UnsafeMutablePointer<UInt64>, _ body: (Int, SIMD8<UInt64>) -> Void) {
    if header.predictor == .base, header.planeMask != 0 {
      forEachEight(header.base, body)
    } else {
      decode(into: scratch, times: nil)
      for index in stride(from: 0, to: count, by: 8) { body(index, Self.load(scratch + index)) }
    }
  }

  /// A column without planes.
  private func fill(_ target: UnsafeMutablePointer<UInt64>, _ times: UnsafePointer<UInt64>?) {
    if header.predictor == .time, let times {
      for index in 0..<count { target[index] = header.base &+ times[index] }
    } else if header.step == 0 {
      target.update(repeating: header.base, count: count)
    } else {
      var value = header.base
      for index in 0..<count {
        target[index] = value
        value &+= header.step
      }
    }
  }

  // MARK: Eight at a time

  /// Hands out the residuals, with `base` added, by the index of the first of each eight.
  @inline(__always)
  private func forEachEight(_ base: UInt64, _ body: (Int, SIMD8<UInt64>) -> Void) {
    switch header.planeMask {
    case 0b1:
      let base = SIMD8(repeating: base &- 0x80)
      for index in stride(from: 0, to: count, by: 8) {
        body(index, SIMD8(truncatingIfNeeded: Self.unzigzag(row(0, index), bias: 0x80)) &+ base)
      }
    case 0b11:
      let base = SIMD8(repeating: base &- 0x8000)
      for index in stride(from: 0, to: count, by: 8) {
        let numbers = Self.interleave(row(0, index), row(1, index))
        body(index, SIMD8(truncatingIfNeeded: Self.unzigzag(numbers, bias: 0x8000)) &+ base)
      }
    case 0b111: forEachEight(base, third: planes + 2 * count, fourth: Self.zeros.base, body)
    case 0b1111: forEachEight(base, third: planes + 2 * count, fourth: planes + 3 * count, body)
    default: forEachEightOfMany(base, body)
    }
  }

  @inline(__always)
  private func forEachEight(
    _ base: UInt64, third: UnsafeRawPointer, fourth: UnsafeRawPointer, _ body: (Int, SIMD8<UInt64>) -> Void
  ) {
    let base = SIMD8(repeating: base &- 0x8000_0000)
    for index in stride(from: 0, to: count, by: 8) {
      let low = Self.interleave(row(0, index), row(1, index))
      let high = Self.interleave(Self.eight(third + index), Self.eight(fourth + index))
      let numbers = Self.unzigzag(Self.interleave(low, high), bias: 0x8000_0000)
      body(index, SIMD8(truncatingIfNeeded: numbers) &+ base)
    }
  }

  /// The same for any set of planes.
  @inline(__always)
  private func forEachEightOfMany(_ base: UInt64, _ body: (Int, SIMD8<UInt64>) -> Void) {
    let base = SIMD8(repeating: base)
    let (p0, p1, p2, p3) = (plane(0), plane(1), plane(2), plane(3))
    let (p4, p5, p6, p7) = (plane(4), plane(5), plane(6), plane(7))
    for index in stride(from: 0, to: count, by: 8) {
      let a = Self.interleave(Self.eight(p0 + index), Self.eight(p1 + index))
      let b = Self.interleave(Self.eight(p2 + index), Self.eight(p3 + index))
      let c = Self.interleave(Self.eight(p4 + index), Self.eight(p5 + index))
      let d = Self.interleave(Self.eight(p6 + index), Self.eight(p7 + index))
      let numbers = Self.interleave(Self.interleave(a, b), Self.interleave(c, d))
      body(index, Self.unzigzag(numbers, bias: 0) &+ base)
    }
  }

  /// Where the plane of a byte begins: the stored ones follow each other.
  @inline(__always)
  private func plane(_ byte: UInt8) -> UnsafeRawPointer {
    guard header.planeMask &>> byte & 1 != 0 else { return Self.zeros.base }
    return planes + (header.planeMask & (1 &<< byte &- 1)).nonzeroBitCount &* count
  }

  @inline(__always)
  private func row(_ number: Int, _ index: Int) -> SIMD8<UInt8> { Self.eight(planes + (number &* count &+ index)) }

  @inline(__always)
  private static func eight(_ bytes: UnsafeRawPointer) -> SIMD8<UInt8> { bytes.loadUnaligned(as: SIMD8<UInt8>.self) }

  @inline(__always)
  private static func load(_ numbers: UnsafePointer<UInt64>) -> SIMD8<UInt64> {
    UnsafeRawPointer(numbers).loadUnaligned(as: SIMD8<UInt64>.self)
  }

  @inline(__always)
  private static func store(_ numbers: SIMD8<UInt64>, _ target: UnsafeMutablePointer<UInt64>) {
    UnsafeMutableRawPointer(target).storeBytes(of: numbers, as: SIMD8<UInt64>.self)
  }

  /// Undoes the zigzag; `bias` is added so that widening by zeros keeps what will be right once it is taken away.
  @inline(__always)
  private static func unzigzag<Number: FixedWidthInteger>(_ numbers: SIMD8<Number>, bias: Number) -> SIMD8<Number> {
    ((numbers &>> 1) ^ (SIMD8(repeating: 0) &- (numbers & 1))) &+ SIMD8(repeating: bias)
  }

  // A vector's elements lie in memory as the numbers that they are halves of: the host is little-endian.

  @inline(__always)
  private static func interleave(_ low: SIMD8<UInt8>, _ high: SIMD8<UInt8>) -> SIMD8<UInt16> {
    var both = SIMD16<UInt8>()
    both.evenHalf = low
    both.oddHalf = high
    return unsafeBitCast(both, to: SIMD8<UInt16>.self)
  }

  @inline(__always)
  private static func interleave(_ low: SIMD8<UInt16>, _ high: SIMD8<UInt16>) -> SIMD8<UInt32> {
    var both = SIMD16<UInt16>()
    both.evenHalf = low
    both.oddHalf = high
    return unsafeBitCast(both, to: SIMD8<UInt32>.self)
  }

  @inline(__always)
  private static func interleave(_ low: SIMD8<UInt32>, _ high: SIMD8<UInt32>) -> SIMD8<UInt64> {
    var both = SIMD16<UInt32>()
    both.evenHalf = low
    both.oddHalf = high
    return unsafeBitCast(both, to: SIMD8<UInt64>.self)
  }
}

/// Bytes that are 0, never written and never freed.
private struct UnsafeZeros: @unchecked Sendable {
  // Unchecked: nobody writes them.
  let base: UnsafeRawPointer

  init(byteCount: Int) {
    let bytes = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    bytes.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    base = UnsafeRawPointer(bytes)
  }
}

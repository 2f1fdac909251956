import ColumnKernels
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
/// Unsafe room: whoever makes a kernel has made sure that the planes lie within the payload, that `slack` bytes behind
/// them can be read, and that the target takes up to seven values more than `count`. The loops are `ColumnKernels`'.
struct ColumnKernel {
  /// What is read, and how many values are written, beyond the end.
  static let slack = 8

  private let header: ColumnHeader
  private let count: Int
  private let planes: UnsafePointer<UInt8>

  @inline(__always)
  init(_ header: ColumnHeader, count: Int, planes: UnsafeRawPointer) {
    self.header = header
    self.count = count
    self.planes = (planes + header.planes).assumingMemoryBound(to: UInt8.self)
  }

  /// Writes the column's values, with the times of their events where the predictor may want them.
  func decode(into target: UnsafeMutablePointer<UInt64>, times: UnsafePointer<UInt64>?) {
    guard header.planeMask != 0 else { return fill(target, times) }
    switch header.predictor {
    case .base: withColumn(header.base) { partita_column_values($0, nil, target) }
    case .time: withColumn(header.base) { partita_column_values($0, times, target) }
    case .previous, .step:
      withColumn(header.step) { partita_column_values($0, nil, target) }
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
    guard header.predictor == .base else {
      decode(into: scratch, times: nil)
      for index in 0..<count { target[index] |= (scratch[index] & mask) &<< shift }
      return
    }
    withColumn(header.base) { partita_column_mix($0, shift, mask, target) }
  }

  /// Writes the same to `target`, ored with `common`.
  func begin(
    _ target: UnsafeMutablePointer<UInt64>, with common: UInt64, shift: UInt64, mask: UInt64,
    scratch: UnsafeMutablePointer<UInt64>
  ) {
    guard header.predictor == .base else {
      decode(into: scratch, times: nil)
      for index in 0..<count { target[index] = common | (scratch[index] & mask) &<< shift }
      return
    }
    withColumn(header.base) { partita_column_begin($0, common, shift, mask, target) }
  }

  /// The sum of the column's values, cut by `mask`, modulo 2⁶⁴.
  ///
  /// - Parameters:
  ///   - timeSum: that of its events' times, asked for where the predictor wants it.
  ///   - scratch: as for `mix`.
  func sum(mask: UInt64, timeSum: () -> UInt64, scratch: UnsafeMutablePointer<UInt64>) -> UInt64 {
    switch header.predictor {
    case .base where header.planeMask == 0: return (header.base & mask) &* UInt64(count)
    case .base: return withColumn(header.base) { partita_column_sum($0, mask) }
    case .time where header.planeMask == 0: return header.base &* UInt64(count) &+ timeSum()
    case .time: return withColumn(header.base) { partita_column_sum($0, ~0) } &+ timeSum()
    case .previous, .step:
      decode(into: scratch, times: nil)
      return partita_sum(scratch, count, mask)
    }
  }

  @inline(__always)
  private func withColumn<Result>(_ base: UInt64, _ body: (UnsafePointer<PartitaColumn>) -> Result) -> Result {
    withUnsafePointer(
      to: PartitaColumn(planes: planes, count: count, base: base, mask: header.planeMask), body)
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
}

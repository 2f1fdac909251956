/// The values of one column, measured: which predictor leaves the fewest bytes.
struct ColumnShape {
  let bits: UInt64
  var base: UInt64 = 0
  var step: UInt64 = 0
  var predictor = ColumnPredictor.base
  /// Every bit in which some value differs from the first; 0 for a constant column.
  var differences: UInt64 = 0
  /// Every bit that some residual has under the chosen predictor.
  private var residualBits: UInt64 = 0

  init(bits: UInt64) { self.bits = bits }

  /// Which byte planes are not wholly zero, bit n for the nth byte from below.
  var planeMask: UInt8 { Self.mask(residualBits) }

  /// Bytes that the base needs.
  var baseBytes: Int { (64 &- base.leadingZeroBitCount &+ 7) &>> 3 }

  private static func mask(_ bits: UInt64) -> UInt8 {
    var mask: UInt8 = 0
    for plane in 0..<8 where bits &>> (UInt64(plane) &<< 3) & 0xFF != 0 { mask |= 1 &<< UInt8(plane) }
    return mask
  }

  mutating func measureConstant(_ values: UnsafePointer<UInt64>, _ count: Int) {
    var different: UInt64 = 0
    for index in 0..<count { different |= values[index] ^ values[0] }
    differences = different
  }

  /// Chooses among base, previous and step for a column that is not constant.
  mutating func choosePredictor(_ values: UnsafePointer<UInt64>, _ count: Int) {
    step = (values[1] &- values[0]) & Self.widthMask(bits)
    var byBase: UInt64 = 0
    var byPrevious: UInt64 = 0
    var byStep: UInt64 = 0
    var before = values[0]
    for index in 1..<count {
      let value = values[index]
      let difference = value &- before
      byBase |= EventColumn.zigzag(value &- base, bits: bits)
      byPrevious |= EventColumn.zigzag(difference, bits: bits)
      byStep |= EventColumn.zigzag(difference &- step, bits: bits)
      before = value
    }
    residualBits = byBase
    take(.previous, byPrevious)
    take(.step, byStep)
  }

  /// Takes the event's time as predictor where that is better still.
  mutating func considerTime(
    _ values: UnsafePointer<UInt64>, _ records: UnsafePointer<UInt32>, _ words: UnsafePointer<UInt64>, _ count: Int
  ) {
    guard residualBits != 0 else { return }
    let offset = values[0] &- words[Int(records[0])]
    var byTime: UInt64 = 0
    for index in 0..<count {
      byTime |= EventColumn.zigzag(values[index] &- words[Int(records[index])] &- offset, bits: bits)
    }
    if take(.time, byTime) { base = offset }
  }

  @discardableResult
  private mutating func take(_ candidate: ColumnPredictor, _ residual: UInt64) -> Bool {
    guard Self.mask(residual).nonzeroBitCount < Self.mask(residualBits).nonzeroBitCount else { return false }
    residualBits = residual
    predictor = candidate
    return true
  }

  /// Overwrites the values by their residuals under the chosen predictor.
  func replaceByResiduals(
    _ values: UnsafeMutablePointer<UInt64>, _ records: UnsafePointer<UInt32>, _ words: UnsafePointer<UInt64>,
    _ count: Int
  ) {
    var before = base &- (predictor == .step ? step : 0)
    for index in 0..<count {
      let value = values[index]
      switch predictor {
      case .base:
        values[index] = EventColumn.zigzag(value &- base, bits: bits)
      case .previous:
        values[index] = EventColumn.zigzag(value &- before, bits: bits)
        before = value
      case .step:
        values[index] = EventColumn.zigzag(value &- before &- step, bits: bits)
        before = value
      case .time:
        values[index] = EventColumn.zigzag(value &- words[Int(records[index])] &- base, bits: bits)
      }
    }
  }

  private static func widthMask(_ bits: UInt64) -> UInt64 { ~0 &>> (64 &- bits) }
}

/// Writes little-endian numbers one after the other.
struct PayloadCursor {
  let target: UnsafeMutableRawPointer
  var position: Int

  init(_ target: UnsafeMutableRawPointer, _ position: Int) {
    self.target = target
    self.position = position
  }

  mutating func put(_ value: UInt64, bytes: Int) {
    var rest = value
    for _ in 0..<bytes {
      target.storeBytes(of: UInt8(truncatingIfNeeded: rest), toByteOffset: position, as: UInt8.self)
      rest &>>= 8
      position &+= 1
    }
  }
}

/// What the sensors tell in one sample: a number, when it was taken, and the disturbances it carries.
///
/// The aircraft itself is simulated by Control. These are what a sensor adds to the truth: noise, and the gusts that
/// the vanes feel. Each value depends on the sequence number alone, so that anyone can recompute a run without its
/// messages; `time` and `ticks` are for people and take no part in the control law.
public struct SensorSample: Equatable, Sendable {
  /// Bytes of the message on port SENSOR_DATA. The layout is `struct control_sample` of ControlLaw.h.
  public static let byteCount = 64

  /// From 0, one more with each sample.
  public var sequence: UInt32
  /// Interrupts of the real-time clock counted so far.
  public var ticks: UInt32
  /// When the sample was taken, in nanoseconds on the module's clock.
  public var timeNanoseconds: UInt64
  /// Microradians a second.
  public var pitchRate: Int32
  /// Microradians.
  public var angleOfAttack: Int32
  /// Millimetres a second.
  public var airspeed: Int32
  /// Microradians.
  public var pitchAngle: Int32

  /// The sample with this sequence number.
  public init(sequence: UInt32, ticks: UInt32, timeNanoseconds: UInt64) {
    self.sequence = sequence
    self.ticks = ticks
    self.timeNanoseconds = timeNanoseconds
    pitchRate = Self.noise(sequence, channel: 1, amplitude: 2_000)
    angleOfAttack = Self.noise(sequence, channel: 2, amplitude: 4_000)
    airspeed = Self.noise(sequence, channel: 3, amplitude: 250)
    pitchAngle = Self.noise(sequence, channel: 4, amplitude: 500)
  }

  /// An integer within ± `amplitude`, roughly triangular in distribution, fixed for each sequence number and channel.
  static func noise(_ sequence: UInt32, channel: UInt32, amplitude: Int32) -> Int32 {
    // The finalising steps of a 64-bit mixing function: neighbouring inputs give unrelated outputs.
    var x = (UInt64(sequence) << 32 | UInt64(channel)) &+ 0x9E37_79B9_7F4A_7C15
    x = (x ^ x >> 30) &* 0xBF58_476D_1CE4_E5B9
    x = (x ^ x >> 27) &* 0x94D0_49BB_1331_11EB
    x ^= x >> 31
    let span = UInt64(amplitude) + 1
    let first = Int32(truncatingIfNeeded: ((x & 0xFFFF_FFFF) * span) >> 32)
    let second = Int32(truncatingIfNeeded: ((x >> 32) * span) >> 32)
    return first - second
  }

  /// Writes the message, little-endian; what lies behind the last field is zero.
  ///
  /// - Precondition: the buffer holds at least `byteCount` bytes.
  public func store(into buffer: UnsafeMutableRawBufferPointer) {
    precondition(buffer.count >= Self.byteCount)
    for offset in stride(from: 32, to: Self.byteCount, by: 8) {
      buffer.storeBytes(of: UInt64(0), toByteOffset: offset, as: UInt64.self)
    }
    buffer.storeBytes(of: sequence, toByteOffset: 0, as: UInt32.self)
    buffer.storeBytes(of: ticks, toByteOffset: 4, as: UInt32.self)
    buffer.storeBytes(of: timeNanoseconds, toByteOffset: 8, as: UInt64.self)
    buffer.storeBytes(of: pitchRate, toByteOffset: 16, as: Int32.self)
    buffer.storeBytes(of: angleOfAttack, toByteOffset: 20, as: Int32.self)
    buffer.storeBytes(of: airspeed, toByteOffset: 24, as: Int32.self)
    buffer.storeBytes(of: pitchAngle, toByteOffset: 28, as: Int32.self)
  }
}

import ControlLaw
import SensorModel

/// The aircraft and its control law as Control flies them, run on the host with the samples that Sensors would send.
public enum ReferenceFlight {
  /// The lines that Control prints in `steps` steps; step k sees the sample number `first + k * stride`.
  public static func lines(steps: Int, first: UInt32 = 0, stride: UInt32 = 1) -> [String] {
    var state = control_state()
    control_initialize(&state)
    var lines: [String] = []
    for step in 0..<UInt32(steps) {
      var sample = Self.sample(sequence: first + step * stride)
      control_step(&state, &sample)
      if control_is_line_due(&state) != 0 { lines.append(line(of: state)) }
    }
    return lines
  }

  /// The message that Sensors sends as its sample of this number.
  public static func sample(sequence: UInt32, ticks: UInt32 = 0, time: UInt64 = 0) -> control_sample {
    var message = control_sample()
    withUnsafeMutableBytes(of: &message) {
      SensorSample(sequence: sequence, ticks: ticks, timeNanoseconds: time).store(into: $0)
    }
    return message
  }

  /// What Control prints of a state, its newline included.
  public static func line(of state: control_state) -> String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CONTROL_LINE_CAPACITY)) { buffer in
      var state = state
      let length = control_format_line(&state, buffer.baseAddress!)
      return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }
}

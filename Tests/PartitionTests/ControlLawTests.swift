import ControlLaw
import ReferenceFlight
import SensorModel
import Testing

/// The aircraft and its control law as Control flies them, run on the host with the samples that Sensors would send.
struct ControlLawTests {
  @Test func printsTheseLines() {
    let expected = """
      control step=50 sample=99 u=-0.061408261 alpha=+0.989074513 \
      q=+0.668564554 theta=+1.442875387 elevator=-0.464625778
      control step=100 sample=199 u=-0.253440157 alpha=+0.555710009 \
      q=+0.130388153 theta=+1.663839880 elevator=-0.465220177
      control step=150 sample=299 u=-0.502314445 alpha=+0.331100397 \
      q=+0.093859657 theta=+1.791920383 elevator=-0.255355282
      control step=200 sample=399 u=-0.782354351 alpha=+0.201439083 \
      q=+0.062397449 theta=+1.859587273 elevator=-0.169118313

      """
    #expect(ReferenceFlight.lines(steps: 200, first: 1, stride: 2).joined() == expected)
  }

  @Test func aircraftFollowsTheReference() {
    var state = control_state()
    control_initialize(&state)
    var greatestElevator = 0.0
    for step in 0..<UInt32(3_000) {
      var sample = ReferenceFlight.sample(sequence: step)
      control_step(&state, &sample)
      greatestElevator = max(greatestElevator, abs(state.aircraft.elevator_rad))
      // Four seconds after each change of the reference the pitch angle is where it should be, within half a degree.
      if step % 250 > 200 {
        #expect(abs(state.aircraft.pitch_angle_rad - control_reference_rad(step)) < 0.0175, "step \(step)")
      }
    }
    #expect(greatestElevator > 0.01)
    #expect(greatestElevator < 0.35)
  }

  @Test func timeAndTicksTakeNoPart() {
    var one = control_state(), other = control_state()
    for step in 0..<UInt32(60) {
      var plain = ReferenceFlight.sample(sequence: step)
      var dated = ReferenceFlight.sample(sequence: step, ticks: 77, time: 123_456_789)
      control_step(&one, &plain)
      control_step(&other, &dated)
    }
    #expect(ReferenceFlight.line(of: one) == ReferenceFlight.line(of: other))
  }

  @Test func samplesMatter() {
    var one = control_state(), other = control_state()
    var first = ReferenceFlight.sample(sequence: 1), second = ReferenceFlight.sample(sequence: 2)
    control_step(&one, &first)
    control_step(&other, &second)
    #expect(one.command_rad != other.command_rad)
  }

  @Test func messageHasOneLayoutInSwiftAndC() {
    #expect(MemoryLayout<control_sample>.size == SensorSample.byteCount)
    let sample = SensorSample(sequence: 7, ticks: 9, timeNanoseconds: 11)
    let message = ReferenceFlight.sample(sequence: 7, ticks: 9, time: 11)
    #expect(message.sequence == 7)
    #expect(message.ticks == 9)
    #expect(message.time_ns == 11)
    #expect(message.pitch_rate_urad_s == sample.pitchRate)
    #expect(message.angle_of_attack_urad == sample.angleOfAttack)
    #expect(message.airspeed_mm_s == sample.airspeed)
    #expect(message.pitch_angle_urad == sample.pitchAngle)
  }

  @Test func noiseStaysWithinItsAmplitudeAndIsNotConstant() {
    var least = Int32.max, greatest = Int32.min
    for sequence in 0..<UInt32(10_000) {
      let value = SensorSample(sequence: sequence, ticks: 0, timeNanoseconds: 0).pitchRate
      least = min(least, value)
      greatest = max(greatest, value)
    }
    #expect(least >= -2_000 && least < -1_800)
    #expect(greatest <= 2_000 && greatest > 1_800)
  }
}

// The control law and the aircraft that it flies: plain C without a clock, without I/O and without the mathematical
// library, so that the partition and a test on the host compute the same numbers, bit for bit.
#ifndef PARTITA_CONTROL_LAW_H
#define PARTITA_CONTROL_LAW_H

#include <stddef.h>
#include <stdint.h>

#define CONTROL_STEPS_PER_SECOND 50
#define CONTROL_LINE_CAPACITY 160

/// The message on SENSOR_DATA; SensorSample.swift writes it.
struct control_sample {
  uint32_t sequence;
  uint32_t ticks;
  uint64_t time_ns;
  int32_t pitch_rate_urad_s;
  int32_t angle_of_attack_urad;
  int32_t airspeed_mm_s;
  int32_t pitch_angle_urad;
  uint64_t reserved[4];
};

/// The message on ACTUATOR_DATA.
struct control_command {
  uint32_t step;
  uint32_t sample_sequence;
  uint64_t time_ns;
  double elevator_rad;
  uint64_t sample_valid;
};

/// Deviations of the aircraft from level flight at 180 m/s.
struct control_aircraft {
  double airspeed_m_s;
  double angle_of_attack_rad;
  double pitch_rate_rad_s;
  double pitch_angle_rad;
  /// Where the elevator is; it follows the command with a lag.
  double elevator_rad;
};

struct control_state {
  struct control_aircraft aircraft;
  /// The sensors' pitch rate and angle of attack behind a low-pass filter.
  double filtered_pitch_rate_rad_s;
  double filtered_angle_of_attack_rad;
  double command_rad;
  uint32_t step;
  uint32_t sample_sequence;
};

/// Puts the aircraft into level flight, at step 0.
void control_initialize(struct control_state *state);

/// One step of 20 ms: measures with the sample's disturbances, computes the elevator command, moves the aircraft. The
/// sample's time and ticks take no part.
void control_step(struct control_state *state, const struct control_sample *sample);

/// Whether a line is due after this step: once a simulated second.
int control_is_line_due(const struct control_state *state);

/// Writes the states as one line with a newline at its end; answers its length, at most CONTROL_LINE_CAPACITY - 1.
size_t control_format_line(const struct control_state *state, char line[CONTROL_LINE_CAPACITY]);

/// The pitch angle asked for at a step: a square wave between +2 and -2 degrees, 10 s long.
double control_reference_rad(uint32_t step);

#endif

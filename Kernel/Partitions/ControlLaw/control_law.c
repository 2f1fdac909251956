#include "ControlLaw.h"

#include <stdio.h>

// A fused multiply-add rounds once where the plain operations round twice; the host must not use one where the target
// does not.
#pragma STDC FP_CONTRACT OFF

_Static_assert(sizeof(struct control_sample) == 64, "SENSOR_DATA carries 64 bytes");
_Static_assert(sizeof(struct control_command) == 32, "ACTUATOR_DATA carries 32 bytes");

static const double step_s = 1.0 / CONTROL_STEPS_PER_SECOND;
static const double gravity_m_s2 = 9.80665;
static const double elevator_limit_rad = 0.35;
static const double elevator_lag_s = 0.06;
static const double filter_gain = 0.4;
static const double degrees_per_radian = 57.295779513082321;

static double limited(double value, double limit) {
  if (value > limit) return limit;
  if (value < -limit) return -limit;
  return value;
}

void control_initialize(struct control_state *state) { *state = (struct control_state){0}; }

double control_reference_rad(uint32_t step) {
  const double amplitude_rad = 2.0 / degrees_per_radian;
  return step / (5 * CONTROL_STEPS_PER_SECOND) % 2 == 0 ? amplitude_rad : -amplitude_rad;
}

/// The linear longitudinal equations of motion: a well damped short period near 2.3 rad/s and a slow phugoid.
static struct control_aircraft derivative(const struct control_aircraft *x, double command_rad) {
  return (struct control_aircraft){
      .airspeed_m_s = -0.0105 * x->airspeed_m_s + 5.8 * x->angle_of_attack_rad - gravity_m_s2 * x->pitch_angle_rad,
      .angle_of_attack_rad = -0.0006 * x->airspeed_m_s - 0.92 * x->angle_of_attack_rad + x->pitch_rate_rad_s -
                             0.09 * x->elevator_rad,
      .pitch_rate_rad_s = 0.0002 * x->airspeed_m_s - 4.2 * x->angle_of_attack_rad - 1.3 * x->pitch_rate_rad_s -
                          5.5 * x->elevator_rad,
      .pitch_angle_rad = x->pitch_rate_rad_s,
      .elevator_rad = (command_rad - x->elevator_rad) / elevator_lag_s,
  };
}

static struct control_aircraft advanced(
    const struct control_aircraft *x, const struct control_aircraft *rate, double time_s) {
  return (struct control_aircraft){
      .airspeed_m_s = x->airspeed_m_s + time_s * rate->airspeed_m_s,
      .angle_of_attack_rad = x->angle_of_attack_rad + time_s * rate->angle_of_attack_rad,
      .pitch_rate_rad_s = x->pitch_rate_rad_s + time_s * rate->pitch_rate_rad_s,
      .pitch_angle_rad = x->pitch_angle_rad + time_s * rate->pitch_angle_rad,
      .elevator_rad = x->elevator_rad + time_s * rate->elevator_rad,
  };
}

/// The fourth-order Runge-Kutta method over one step.
static void integrate(struct control_aircraft *aircraft, double command_rad) {
  struct control_aircraft start = *aircraft;
  struct control_aircraft k1 = derivative(&start, command_rad);
  struct control_aircraft x = advanced(&start, &k1, step_s / 2);
  struct control_aircraft k2 = derivative(&x, command_rad);
  x = advanced(&start, &k2, step_s / 2);
  struct control_aircraft k3 = derivative(&x, command_rad);
  x = advanced(&start, &k3, step_s);
  struct control_aircraft k4 = derivative(&x, command_rad);

  x = advanced(&start, &k1, step_s / 6);
  x = advanced(&x, &k2, step_s / 3);
  x = advanced(&x, &k3, step_s / 3);
  *aircraft = advanced(&x, &k4, step_s / 6);
  aircraft->elevator_rad = limited(aircraft->elevator_rad, elevator_limit_rad);
}

void control_step(struct control_state *state, const struct control_sample *sample) {
  const struct control_aircraft *truth = &state->aircraft;
  double pitch_rate = truth->pitch_rate_rad_s + sample->pitch_rate_urad_s * 1e-6;
  double angle_of_attack = truth->angle_of_attack_rad + sample->angle_of_attack_urad * 1e-6;
  double airspeed = truth->airspeed_m_s + sample->airspeed_mm_s * 1e-3;
  double pitch_angle = truth->pitch_angle_rad + sample->pitch_angle_urad * 1e-6;

  state->filtered_pitch_rate_rad_s += filter_gain * (pitch_rate - state->filtered_pitch_rate_rad_s);
  state->filtered_angle_of_attack_rad += filter_gain * (angle_of_attack - state->filtered_angle_of_attack_rad);

  // State feedback. A positive elevator pitches the nose down, so that an excess of pitch asks for more of it.
  double excess = pitch_angle - control_reference_rad(state->step);
  double command = 1.1 * excess + 0.45 * state->filtered_pitch_rate_rad_s -
                   0.25 * state->filtered_angle_of_attack_rad - 0.0006 * airspeed;
  state->command_rad = limited(command, elevator_limit_rad);
  integrate(&state->aircraft, state->command_rad);
  state->step += 1;
  state->sample_sequence = sample->sequence;
}

int control_is_line_due(const struct control_state *state) {
  return state->step % CONTROL_STEPS_PER_SECOND == 0 && state->step != 0;
}

size_t control_format_line(const struct control_state *state, char line[CONTROL_LINE_CAPACITY]) {
  const struct control_aircraft *x = &state->aircraft;
  int length = snprintf(
      line, CONTROL_LINE_CAPACITY, "control step=%u sample=%u u=%+.9f alpha=%+.9f q=%+.9f theta=%+.9f elevator=%+.9f\n",
      (unsigned)state->step, (unsigned)state->sample_sequence, x->airspeed_m_s,
      x->angle_of_attack_rad * degrees_per_radian, x->pitch_rate_rad_s * degrees_per_radian,
      x->pitch_angle_rad * degrees_per_radian, x->elevator_rad * degrees_per_radian);
  if (length < 0) return 0;
  return length < CONTROL_LINE_CAPACITY ? (size_t)length : CONTROL_LINE_CAPACITY - 1;
}

// Flies the aircraft: reads SENSOR_DATA, computes one step of the control law in each window, writes ACTUATOR_DATA, and
// prints the states once a simulated second. The module gives it one window each 20 ms.
#include <ControlLaw.h>
#include <partita.h>
#include <string.h>

static const SYSTEM_TIME_TYPE sensor_refresh_ns = 40000000;
static const SYSTEM_TIME_TYPE actuator_refresh_ns = 40000000;

static void complain(const char *text) { partita_console_write(text, strlen(text)); }

static void write_command(SAMPLING_PORT_ID_TYPE port, const struct control_state *state, VALIDITY_TYPE validity) {
  struct control_command command = {
      .step = state->step,
      .sample_sequence = state->sample_sequence,
      .time_ns = (uint64_t)partita_now(),
      .elevator_rad = state->command_rad,
      .sample_valid = validity == VALID,
  };
  RETURN_CODE_TYPE status;
  WRITE_SAMPLING_MESSAGE(port, (MESSAGE_ADDR_TYPE)&command, sizeof command, &status);
}

int main(void) {
  SAMPLING_PORT_ID_TYPE sensors = 0, actuators = 0;
  RETURN_CODE_TYPE status;
  CREATE_SAMPLING_PORT(
      "SENSOR_DATA", sizeof(struct control_sample), DESTINATION, sensor_refresh_ns, &sensors, &status);
  if (status != NO_ERROR) {
    complain("Control: no sampling port SENSOR_DATA of 64 bytes, destination, refreshed each 0.04 s\n");
    return 1;
  }
  CREATE_SAMPLING_PORT(
      "ACTUATOR_DATA", sizeof(struct control_command), SOURCE, actuator_refresh_ns, &actuators, &status);
  if (status != NO_ERROR) {
    complain("Control: no sampling port ACTUATOR_DATA of 32 bytes, source, refreshed each 0.04 s\n");
    return 1;
  }

  SET_PARTITION_MODE(NORMAL, &status);

  struct control_state state;
  control_initialize(&state);
  while (1) {
    struct control_sample sample;
    size_t size;
    VALIDITY_TYPE validity;
    // Without any sample yet there is nothing to fly by; an old one is better than none, and is told as such.
    if (partita_read_sampling_message(sensors, &sample, sizeof sample, &size, &validity) == NO_ERROR &&
        size == sizeof sample) {
      control_step(&state, &sample);
      write_command(actuators, &state, validity);
      if (control_is_line_due(&state)) {
        char line[CONTROL_LINE_CAPACITY];
        size_t length = control_format_line(&state, line);
        partita_console_write(line, length);
      }
    }
    partita_yield();
  }
}

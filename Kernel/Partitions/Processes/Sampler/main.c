// Tries the sampling services of ARINC 653 Part 2: which message is new, which is old, and when it was written. Its
// second instance writes in every third of its periods, while the first one's window is over.
#include <partita.h>
#include <partita_process.h>
#include <process_checks.h>

enum { main_partition = 1, message_bytes = 16, periods = 30, periods_a_message = 3 };
/// What the module file says: a message is fresh in the window behind it, and stale in the next.
static const SYSTEM_TIME_TYPE refresh_period = MICROSECONDS(8000), window_period = MICROSECONDS(10000);

struct message {
  uint64_t number;
  /// Just before it was written.
  SYSTEM_TIME_TYPE instant;
};

static SAMPLING_PORT_ID_TYPE port;
static RETURN_CODE_TYPE status;
static MESSAGE_SIZE_TYPE size;
static UPDATED_TYPE updated;

static SAMPLING_PORT_CURRENT_STATUS_TYPE state(void) {
  SAMPLING_PORT_CURRENT_STATUS_TYPE state = {0};
  GET_SAMPLING_PORT_CURRENT_STATUS(port, &state, &status);
  check_code(1, status, NO_ERROR);
  check_value(2, state.REFRESH_PERIOD, refresh_period);
  check_value(3, state.MAX_MESSAGE_SIZE, message_bytes);
  check_value(4, state.PORT_DIRECTION, DESTINATION);
  return state;
}

static void check_updated(uint32_t number, UPDATED_TYPE expected, uint64_t message_number) {
  struct message message = {0};
  READ_UPDATED_SAMPLING_MESSAGE(port, (MESSAGE_ADDR_TYPE)&message, &size, &updated, &status);
  check_code(number, status, expected == NEW_MESSAGE ? NO_ERROR : NO_ACTION);
  check_value(number + 1, updated, expected);
  check_value(number + 2, size, expected == NEW_MESSAGE ? message_bytes : 0);
  check_value(number + 3, (int64_t)message.number, expected == NEW_MESSAGE ? (int64_t)message_number : 0);
}

/// - time_stamp: of the port's message; 0 for none.
static void check_conditional(
    uint32_t number, SYSTEM_TIME_TYPE reference, SYSTEM_TIME_TYPE time_stamp, uint64_t message_number) {
  struct message message = {0};
  SYSTEM_TIME_TYPE seen = -1;
  const bool is_later = time_stamp > reference;
  READ_SAMPLING_MESSAGE_CONDITIONAL(port, reference, (MESSAGE_ADDR_TYPE)&message, &size, &seen, &status);
  check_code(number, status, is_later ? NO_ERROR : NO_ACTION);
  check_value(number + 1, seen, time_stamp);
  check_value(number + 2, size, is_later ? message_bytes : 0);
  check_value(number + 3, (int64_t)message.number, is_later ? (int64_t)message_number : 0);
}

static void try_empty(void) {
  SAMPLING_PORT_CURRENT_STATUS_TYPE seen = state();
  check_value(10, seen.UPDATED, EMPTY_PORT);
  check_value(11, seen.TIME_STAMP, 0);
  check_value(12, seen.MESSAGE_AGE, STALE);
  check_updated(13, EMPTY_PORT, 0);
  check_conditional(17, 0, 0, 0);
}

static void try_others(SAMPLING_PORT_ID_TYPE other, RETURN_CODE_TYPE expected) {
  SAMPLING_PORT_CURRENT_STATUS_TYPE seen;
  SYSTEM_TIME_TYPE time = -1;
  struct message message;
  READ_UPDATED_SAMPLING_MESSAGE(other, (MESSAGE_ADDR_TYPE)&message, &size, &updated, &status);
  check_code(30, status, expected);
  check_value(31, updated, EMPTY_PORT);
  READ_SAMPLING_MESSAGE_CONDITIONAL(other, 0, (MESSAGE_ADDR_TYPE)&message, &size, &time, &status);
  check_code(32, status, expected);
  check_value(33, time, 0);
  GET_SAMPLING_PORT_CURRENT_STATUS(other, &seen, &status);
  check_code(34, status, expected == INVALID_MODE ? NO_ERROR : expected);
}

/// Of more than the port's messages have, whatever the port's direction; of nothing at all.
static void try_sizes(SAMPLING_PORT_ID_TYPE source) {
  APEX_BYTE message[message_bytes + 1] = {0};
  WRITE_SAMPLING_MESSAGE(source, message, message_bytes + 1, &status);
  check_code(35, status, INVALID_CONFIG);
  WRITE_SAMPLING_MESSAGE(port, message, INT32_MAX, &status);
  check_code(36, status, INVALID_CONFIG);
  WRITE_SAMPLING_MESSAGE(source, message, 0, &status);
  check_code(37, status, INVALID_PARAM);
  WRITE_SAMPLING_MESSAGE(source, message, -1, &status);
  check_code(38, status, INVALID_PARAM);
  WRITE_SAMPLING_MESSAGE(port, message, message_bytes, &status);
  check_code(39, status, INVALID_MODE);
}

static void try_new(uint64_t number, uint64_t way) {
  const SAMPLING_PORT_CURRENT_STATUS_TYPE seen = state();
  check_value(40, seen.UPDATED, NEW_MESSAGE);
  check_value(41, seen.MESSAGE_AGE, FRESH);
  VALIDITY_TYPE validity = INVALID;
  struct message message = {0};
  switch (way) {
  case 0: check_updated(42, NEW_MESSAGE, number); break;
  case 1: check_conditional(46, seen.TIME_STAMP - 1, seen.TIME_STAMP, number); break;
  default:
    READ_SAMPLING_MESSAGE(port, (MESSAGE_ADDR_TYPE)&message, &size, &validity, &status);
    check_value(50, (int64_t)message.number, (int64_t)number);
    check_value(51, validity, VALID);
    // The clock was read just before the call that wrote it.
    check_within(52, seen.TIME_STAMP - message.instant, 1, MICROSECONDS(2));
  }
  check_value(53, state().UPDATED, CONSUMED_MESSAGE);
  check_updated(54, CONSUMED_MESSAGE, 0);
  check_conditional(58, seen.TIME_STAMP, seen.TIME_STAMP, 0);
}

static void try_old(uint64_t number) {
  const SAMPLING_PORT_CURRENT_STATUS_TYPE seen = state();
  check_value(70, seen.UPDATED, CONSUMED_MESSAGE);
  check_value(71, seen.MESSAGE_AGE, STALE);
  check_updated(72, CONSUMED_MESSAGE, 0);
  // Who asks for it by its time gets it again.
  check_conditional(76, seen.TIME_STAMP - 1, seen.TIME_STAMP, number);
}

static void watch(void) {
  uint64_t number = 0;
  for (uint64_t period = 0; period < periods; period++) {
    const SAMPLING_PORT_CURRENT_STATUS_TYPE seen = state();
    if (seen.UPDATED == NEW_MESSAGE) {
      number++;
      try_new(number, number % 3);
    } else if (number > 0) {
      try_old(number);
    } else {
      try_empty();
    }
    PERIODIC_WAIT(&status);
  }
  check_within(80, (int64_t)number, periods / periods_a_message - 1, periods / periods_a_message + 1);
  conclude();
  STOP_SELF();
}

static void write(void) {
  for (uint64_t period = 1;; period++) {
    struct message message = {.number = period / periods_a_message, .instant = partita_now()};
    if (period % periods_a_message == 0) {
      message.instant = partita_now();
      WRITE_SAMPLING_MESSAGE(port, (MESSAGE_ADDR_TYPE)&message, message_bytes, &status);
      check_code(90, status, NO_ERROR);
    }
    PERIODIC_WAIT(&status);
  }
}

int main(void) {
  PARTITION_STATUS_TYPE self;
  PROCESS_ID_TYPE process;
  GET_PARTITION_STATUS(&self, &status);
  if (self.IDENTIFIER == main_partition) {
    SAMPLING_PORT_ID_TYPE source;
    CREATE_SAMPLING_PORT("SEE", message_bytes, DESTINATION, refresh_period, &port, &status);
    check_code(91, status, NO_ERROR);
    CREATE_SAMPLING_PORT("SAY", message_bytes, SOURCE, refresh_period, &source, &status);
    check_code(92, status, NO_ERROR);
    try_empty();
    // Of a port that there is nothing is created, whatever else the call asks for.
    SAMPLING_PORT_ID_TYPE again = NULL_SAMPLING_PORT_ID;
    CREATE_SAMPLING_PORT("SAY", message_bytes + 1, DESTINATION, -1, &again, &status);
    check_code(94, status, NO_ACTION);
    check_value(95, again, NULL_SAMPLING_PORT_ID);
    try_others(source, INVALID_MODE);
    try_sizes(source);
    try_others(100, INVALID_PARAM);
    try_others(-1, INVALID_PARAM);
    process = create_process("watch", watch, 10, window_period, INFINITE_TIME_VALUE);
  } else {
    CREATE_SAMPLING_PORT("SHOW", message_bytes, SOURCE, refresh_period, &port, &status);
    check_code(93, status, NO_ERROR);
    process = create_process("write", write, 10, window_period, INFINITE_TIME_VALUE);
  }
  START(process, &status);
  partita_run_processes();
}

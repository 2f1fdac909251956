// Events: checks 400 to 499.
#include "synchronisation.h"

static EVENT_ID_TYPE event;
// 32 characters without a zero behind them, different in the last one only.
static EVENT_NAME_TYPE long_name __attribute__((nonstring)) = "THIRTY_TWO_CHARACTERS_AND_NO_ZER";
static EVENT_NAME_TYPE other_long_name __attribute__((nonstring)) = "THIRTY_TWO_CHARACTERS_AND_NO_ZE2";

static RETURN_CODE_TYPE create(char *name) {
  EVENT_ID_TYPE created;
  RETURN_CODE_TYPE status;
  CREATE_EVENT(name, &created, &status);
  return status;
}

static RETURN_CODE_TYPE set(EVENT_ID_TYPE which) {
  RETURN_CODE_TYPE status;
  SET_EVENT(which, &status);
  return status;
}

static RETURN_CODE_TYPE reset(EVENT_ID_TYPE which) {
  RETURN_CODE_TYPE status;
  RESET_EVENT(which, &status);
  return status;
}

static RETURN_CODE_TYPE wait(EVENT_ID_TYPE which, SYSTEM_TIME_TYPE time_out) {
  RETURN_CODE_TYPE status;
  WAIT_EVENT(which, time_out, &status);
  return status;
}

static void check_state(uint32_t number, EVENT_STATE_TYPE expected, WAITING_RANGE_TYPE waiting) {
  EVENT_STATUS_TYPE state;
  RETURN_CODE_TYPE status;
  GET_EVENT_STATUS(event, &state, &status);
  check_code(number, status, NO_ERROR);
  check_value(number, state.EVENT_STATE, expected);
  check_value(number, state.WAITING_PROCESSES, waiting);
}

static EVENT_ID_TYPE find(uint32_t number, char *name, RETURN_CODE_TYPE expected) {
  EVENT_ID_TYPE found = 0;
  RETURN_CODE_TYPE status;
  GET_EVENT_ID(name, &found, &status);
  check_code(number, status, expected);
  return found;
}

void create_events(void) {
  RETURN_CODE_TYPE status;
  CREATE_EVENT("event", &event, &status);
  check_code(400, status, NO_ERROR);
  check_code(401, create("event"), NO_ACTION);
  check_code(402, create(long_name), NO_ERROR);
  check_code(403, create(other_long_name), NO_ERROR);
  check_code(404, create(long_name), NO_ACTION);
  for (int i = 3; i < MAX_NUMBER_OF_EVENTS; i++) {
    NAME_TYPE name;
    name_extra(name, i);
    check_code(405, create(name), NO_ERROR);
  }
  check_code(406, create("another"), INVALID_CONFIG);
  check_value(407, find(408, "event", NO_ERROR), event);
  check(409, find(410, long_name, NO_ERROR) != find(410, other_long_name, NO_ERROR), 0);
  find(411, "even", INVALID_CONFIG);
  find(411, "events", INVALID_CONFIG);
  check_state(412, DOWN, 0);
  check_code(413, wait(event, 0), NOT_AVAILABLE);
  check_code(414, wait(event, MICROSECONDS(1)), INVALID_MODE);
  check_code(415, set(event), NO_ERROR);
  check_code(416, wait(event, MICROSECONDS(1)), NO_ERROR);
  check_code(417, reset(event), NO_ERROR);
}

static void try_parameters(void) {
  check_code(421, set(0), INVALID_PARAM);
  check_code(422, set(no_such_object), INVALID_PARAM);
  check_code(423, reset(0), INVALID_PARAM);
  check_code(424, reset(no_such_object), INVALID_PARAM);
  check_code(425, wait(0, 0), INVALID_PARAM);
  check_code(426, wait(no_such_object, 0), INVALID_PARAM);
  check_code(427, wait(event, IMPOSSIBLE_TIME), INVALID_PARAM);
  EVENT_STATUS_TYPE state;
  RETURN_CODE_TYPE status;
  GET_EVENT_STATUS(0, &state, &status);
  check_code(428, status, INVALID_PARAM);
  GET_EVENT_STATUS(no_such_object, &state, &status);
  check_code(429, status, INVALID_PARAM);
  check_value(430, find(431, "event", NO_ERROR), event);
  find(432, "no event", INVALID_CONFIG);
}

static void try_states(void) {
  await_room(ROOM);
  check_state(440, DOWN, 0);
  check_code(441, wait(event, 0), NOT_AVAILABLE);
  SYSTEM_TIME_TYPE before = partita_now();
  check_code(442, wait(event, MICROSECONDS(500)), TIMED_OUT);
  check_wait(443, partita_now() - before, MICROSECONDS(500));
  check_code(444, set(event), NO_ERROR);
  check_state(445, UP, 0);
  // It stays up, however many have waited for it.
  check_code(446, wait(event, 0), NO_ERROR);
  check_code(447, wait(event, INFINITE_TIME_VALUE), NO_ERROR);
  check_code(448, set(event), NO_ERROR);
  check_state(449, UP, 0);
  lock();
  check_code(450, wait(event, MICROSECONDS(1)), NO_ERROR);
  check_code(451, reset(event), NO_ERROR);
  check_code(452, wait(event, MICROSECONDS(1)), INVALID_MODE);
  check_code(453, wait(event, 0), NOT_AVAILABLE);
  unlock();
  check_code(454, reset(event), NO_ERROR);
  check_state(455, DOWN, 0);
}

static void wait_as_worker(struct worker *self) {
  self->status = wait(self->object, self->time_out);
  leave_mark((uint64_t)self->number);
}

static void check_all_woken(uint32_t number) {
  uint64_t marks = take_marks();
  check(number, marks == 0x4231, marks);
  for (int i = 1; i <= worker_count; i++) check_code(number + 1, workers[i].status, NO_ERROR);
  check_value(number + 2, dismiss_workers(), 0);
}

static void try_waiters(void) {
  await_room(ROOM);
  begin_all(wait_as_worker, event, INFINITE_TIME_VALUE);
  check_state(460, DOWN, 4);
  check_value(461, process_state(workers[4].process), WAITING);
  check_code(462, set(event), NO_ERROR);
  check_all_woken(463);
  check_state(466, UP, 0);
  check_code(467, reset(event), NO_ERROR);

  // Those who have waited are woken, though it is down again before they run.
  begin_all(wait_as_worker, event, MICROSECONDS(1000));
  lock();
  check_code(468, set(event), NO_ERROR);
  check_state(469, UP, 0);
  check_code(470, reset(event), NO_ERROR);
  check_value(471, (int64_t)take_marks(), 0);
  unlock();
  check_all_woken(472);

  begin(1, wait_as_worker, event, MICROSECONDS(200));
  begin(2, wait_as_worker, event, INFINITE_TIME_VALUE);
  let_pass(MICROSECONDS(300));
  check_code(475, workers[1].status, TIMED_OUT);
  check_wait(476, workers[1].took, MICROSECONDS(200));
  check_state(477, DOWN, 1);
  check_value(478, dismiss_workers(), 1);
  check_state(479, DOWN, 0);
  check_value(480, (int64_t)take_marks(), 1);
}

void try_events(void) {
  try_parameters();
  try_states();
  try_waiters();
}

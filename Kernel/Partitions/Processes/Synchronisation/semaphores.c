// Semaphores: checks 300 to 399.
#include "synchronisation.h"

static SEMAPHORE_ID_TYPE by_arrival, by_priority;

static void create(
    uint32_t number, char *name, SEMAPHORE_VALUE_TYPE current, SEMAPHORE_VALUE_TYPE maximum, int discipline,
    RETURN_CODE_TYPE expected) {
  SEMAPHORE_ID_TYPE semaphore;
  RETURN_CODE_TYPE status;
  CREATE_SEMAPHORE(name, current, maximum, (QUEUING_DISCIPLINE_TYPE)discipline, &semaphore, &status);
  check_code(number, status, expected);
}

static RETURN_CODE_TYPE wait(SEMAPHORE_ID_TYPE semaphore, SYSTEM_TIME_TYPE time_out) {
  RETURN_CODE_TYPE status;
  WAIT_SEMAPHORE(semaphore, time_out, &status);
  return status;
}

static RETURN_CODE_TYPE signal(SEMAPHORE_ID_TYPE semaphore) {
  RETURN_CODE_TYPE status;
  SIGNAL_SEMAPHORE(semaphore, &status);
  return status;
}

static void check_state(uint32_t number, SEMAPHORE_ID_TYPE semaphore, int32_t value, WAITING_RANGE_TYPE waiting) {
  SEMAPHORE_STATUS_TYPE state;
  RETURN_CODE_TYPE status;
  GET_SEMAPHORE_STATUS(semaphore, &state, &status);
  check_code(number, status, NO_ERROR);
  check_value(number, state.CURRENT_VALUE, value);
  check_value(number, state.MAXIMUM_VALUE, 2);
  check_value(number, state.WAITING_PROCESSES, waiting);
}

static void find(uint32_t number, char *name, SEMAPHORE_ID_TYPE expected) {
  SEMAPHORE_ID_TYPE found = 0;
  RETURN_CODE_TYPE status;
  GET_SEMAPHORE_ID(name, &found, &status);
  check_code(number, status, NO_ERROR);
  check_value(number, found, expected);
  GET_SEMAPHORE_ID("no semaphore", &found, &status);
  check_code(number + 1, status, INVALID_CONFIG);
}

void create_semaphores(void) {
  RETURN_CODE_TYPE status;
  CREATE_SEMAPHORE("by arrival", 1, 2, FIFO, &by_arrival, &status);
  check_code(300, status, NO_ERROR);
  CREATE_SEMAPHORE("by priority", 0, 2, PRIORITY, &by_priority, &status);
  check_code(301, status, NO_ERROR);
  check(302, by_arrival != by_priority, (uint64_t)by_priority);
  create(303, "by arrival", 1, 2, FIFO, NO_ACTION);
  create(304, "another", -1, 2, FIFO, INVALID_PARAM);
  create(305, "another", 3, 2, FIFO, INVALID_PARAM);
  create(306, "another", 0, -1, FIFO, INVALID_PARAM);
  create(307, "another", 0, MAX_SEMAPHORE_VALUE + 1, FIFO, INVALID_PARAM);
  create(308, "another", MAX_SEMAPHORE_VALUE + 1, MAX_SEMAPHORE_VALUE, FIFO, INVALID_PARAM);
  create(309, "another", 0, 2, no_such_discipline, INVALID_PARAM);
  create(310, "the greatest", MAX_SEMAPHORE_VALUE, MAX_SEMAPHORE_VALUE, FIFO, NO_ERROR);
  for (int i = 3; i < MAX_NUMBER_OF_SEMAPHORES; i++) {
    NAME_TYPE name;
    name_extra(name, i);
    create(311, name, 0, 1, PRIORITY, NO_ERROR);
  }
  create(312, "another", 0, 1, FIFO, INVALID_CONFIG);
  find(313, "by priority", by_priority);
  check_state(315, by_arrival, 1, 0);
  check_code(316, wait(by_arrival, MICROSECONDS(1)), NO_ERROR);
  check_code(317, wait(by_arrival, MICROSECONDS(1)), INVALID_MODE);
  check_code(318, wait(by_arrival, 0), NOT_AVAILABLE);
  check_code(319, signal(by_arrival), NO_ERROR);
}

static void try_parameters(void) {
  check_code(321, wait(0, 0), INVALID_PARAM);
  check_code(322, wait(no_such_object, 0), INVALID_PARAM);
  check_code(323, wait(by_arrival, IMPOSSIBLE_TIME), INVALID_PARAM);
  check_code(324, signal(0), INVALID_PARAM);
  check_code(325, signal(no_such_object), INVALID_PARAM);
  SEMAPHORE_STATUS_TYPE state;
  RETURN_CODE_TYPE status;
  GET_SEMAPHORE_STATUS(0, &state, &status);
  check_code(326, status, INVALID_PARAM);
  GET_SEMAPHORE_STATUS(no_such_object, &state, &status);
  check_code(327, status, INVALID_PARAM);
  find(328, "by arrival", by_arrival);
  SEMAPHORE_ID_TYPE greatest;
  GET_SEMAPHORE_ID("the greatest", &greatest, &status);
  check_code(330, status, NO_ERROR);
  check_code(331, signal(greatest), NO_ACTION);
}

/// One process alone, up to the greatest value and down to nothing.
static void try_values(void) {
  await_room(ROOM);
  check_state(340, by_arrival, 1, 0);
  check_code(341, signal(by_arrival), NO_ERROR);
  check_code(342, signal(by_arrival), NO_ACTION);
  check_state(343, by_arrival, 2, 0);
  check_code(344, wait(by_arrival, 0), NO_ERROR);
  check_code(345, wait(by_arrival, INFINITE_TIME_VALUE), NO_ERROR);
  check_state(346, by_arrival, 0, 0);
  check_code(347, wait(by_arrival, 0), NOT_AVAILABLE);
  SYSTEM_TIME_TYPE before = partita_now();
  check_code(348, wait(by_arrival, MICROSECONDS(500)), TIMED_OUT);
  check_wait(349, partita_now() - before, MICROSECONDS(500));
  check_state(350, by_arrival, 0, 0);
  lock();
  check_code(351, wait(by_arrival, INFINITE_TIME_VALUE), INVALID_MODE);
  check_code(352, wait(by_arrival, 0), NOT_AVAILABLE);
  check_code(353, signal(by_arrival), NO_ERROR);
  check_code(354, wait(by_arrival, INFINITE_TIME_VALUE), NO_ERROR);
  unlock();
}

static void wait_as_worker(struct worker *self) {
  self->status = wait(self->object, self->time_out);
  leave_mark((uint64_t)self->number);
}

/// Four wait, three times it is signalled: who gets one goes on at once.
///
/// - Parameter last: the one that gets none.
static void try_waiters(uint32_t number, SEMAPHORE_ID_TYPE semaphore, uint64_t marks, int last) {
  await_room(ROOM);
  for (int i = 1; i <= worker_count; i++) {
    begin(i, wait_as_worker, semaphore, i == last ? MICROSECONDS(400) : INFINITE_TIME_VALUE);
  }
  check_state(number, semaphore, 0, 4);
  for (int left = 3; left > 0; left--) {
    check_code(number + 1, signal(semaphore), NO_ERROR);
    check_state(number + 2, semaphore, 0, left);
  }
  uint64_t seen = take_marks();
  check(number + 3, seen == marks, seen);
  let_pass(MICROSECONDS(500));
  for (int i = 1; i <= worker_count; i++) {
    check_code(number + 4, workers[i].status, i == last ? TIMED_OUT : NO_ERROR);
  }
  check_wait(number + 5, workers[last].took, MICROSECONDS(400));
  check_value(number + 6, (int64_t)take_marks(), last);
  check_value(number + 7, dismiss_workers(), 0);
  check_code(number + 8, signal(semaphore), NO_ERROR);
  check_state(number + 8, semaphore, 1, 0);
  check_code(number + 9, wait(semaphore, 0), NO_ERROR);
}

/// Those that wait are served in the order in which they came, and run in that of their priorities.
static void try_many_signals(void) {
  await_room(ROOM);
  begin_all(wait_as_worker, by_arrival, INFINITE_TIME_VALUE);
  lock();
  check_code(380, signal(by_arrival), NO_ERROR);
  check_code(381, signal(by_arrival), NO_ERROR);
  check_state(382, by_arrival, 0, 2);
  // What is given to others is not there to be taken.
  check_code(383, wait(by_arrival, 0), NOT_AVAILABLE);
  unlock();
  uint64_t marks = take_marks();
  check(384, marks == 0x21, marks);
  RETURN_CODE_TYPE status;
  STOP(workers[3].process, &status);
  check_code(385, status, NO_ERROR);
  check_state(386, by_arrival, 0, 1);
  check_code(387, signal(by_arrival), NO_ERROR);
  check_value(388, (int64_t)take_marks(), 4);
  check_code(389, signal(by_arrival), NO_ERROR);
  check_state(390, by_arrival, 1, 0);
  check_value(391, dismiss_workers(), 0);
}

void try_semaphores(void) {
  try_parameters();
  try_values();
  try_waiters(360, by_arrival, 0x123, 4);
  try_waiters(370, by_priority, 0x423, 1);
  try_many_signals();
}

// Mutexes of one process: return codes, the ceiling's priority, locking again.
#include "mutexes.h"

MUTEX_ID_TYPE mutex_by_arrival, mutex_by_priority, low_mutex;
/// Down for ever, empty for ever: to wait for in vain.
static EVENT_ID_TYPE event;
static SEMAPHORE_ID_TYPE semaphore;

RETURN_CODE_TYPE acquire_mutex(MUTEX_ID_TYPE mutex, SYSTEM_TIME_TYPE time_out) {
  RETURN_CODE_TYPE status;
  ACQUIRE_MUTEX(mutex, time_out, &status);
  return status;
}

RETURN_CODE_TYPE release_mutex(MUTEX_ID_TYPE mutex) {
  RETURN_CODE_TYPE status;
  RELEASE_MUTEX(mutex, &status);
  return status;
}

RETURN_CODE_TYPE reset_mutex(MUTEX_ID_TYPE mutex, PROCESS_ID_TYPE process) {
  RETURN_CODE_TYPE status;
  RESET_MUTEX(mutex, process, &status);
  return status;
}

RETURN_CODE_TYPE set_priority(PROCESS_ID_TYPE process, PRIORITY_TYPE priority) {
  RETURN_CODE_TYPE status;
  SET_PRIORITY(process, priority, &status);
  return status;
}

MUTEX_ID_TYPE owned_mutex(PROCESS_ID_TYPE process) {
  MUTEX_ID_TYPE owned = 0;
  RETURN_CODE_TYPE status;
  GET_PROCESS_MUTEX_STATE(process, &owned, &status);
  check_code(20, status, NO_ERROR);
  return owned;
}

void check_mutex(
    uint32_t number, MUTEX_ID_TYPE mutex, PROCESS_ID_TYPE owner, LOCK_COUNT_TYPE count, WAITING_RANGE_TYPE waiting) {
  MUTEX_STATUS_TYPE state;
  RETURN_CODE_TYPE status;
  GET_MUTEX_STATUS(mutex, &state, &status);
  check_code(number, status, NO_ERROR);
  check_value(number, state.MUTEX_OWNER, owner);
  check_value(number, state.MUTEX_STATE, count == 0 ? AVAILABLE : OWNED);
  check_value(number, state.MUTEX_PRIORITY, mutex == low_mutex ? low_mutex_priority : mutex_priority);
  check_value(number, state.LOCK_COUNT, count);
  check_value(number, state.WAITING_PROCESSES, waiting);
}

static void create(uint32_t number, char *name, PRIORITY_TYPE priority, int discipline, RETURN_CODE_TYPE expected) {
  MUTEX_ID_TYPE mutex;
  RETURN_CODE_TYPE status;
  CREATE_MUTEX(name, priority, (QUEUING_DISCIPLINE_TYPE)discipline, &mutex, &status);
  check_code(number, status, expected);
}

static void find(uint32_t number, char *name, MUTEX_ID_TYPE expected) {
  MUTEX_ID_TYPE found = 0;
  RETURN_CODE_TYPE status;
  GET_MUTEX_ID(name, &found, &status);
  check_code(number, status, NO_ERROR);
  check_value(number, found, expected);
  GET_MUTEX_ID("no mutex", &found, &status);
  check_code(number + 1, status, INVALID_CONFIG);
}

void create_mutexes(void) {
  RETURN_CODE_TYPE status;
  CREATE_MUTEX("by arrival", mutex_priority, FIFO, &mutex_by_arrival, &status);
  check_code(500, status, NO_ERROR);
  CREATE_MUTEX("by priority", mutex_priority, PRIORITY, &mutex_by_priority, &status);
  check_code(501, status, NO_ERROR);
  CREATE_MUTEX("low", low_mutex_priority, FIFO, &low_mutex, &status);
  check_code(502, status, NO_ERROR);
  create(503, "by arrival", mutex_priority, FIFO, NO_ACTION);
  create(504, "another", MIN_PRIORITY_VALUE - 1, FIFO, INVALID_PARAM);
  create(505, "another", MAX_PRIORITY_VALUE + 1, FIFO, INVALID_PARAM);
  create(506, "another", mutex_priority, no_such_discipline, INVALID_PARAM);
  for (int i = 3; i < MAX_NUMBER_OF_MUTEXES; i++) {
    NAME_TYPE name;
    name_extra(name, i);
    create(507, name, i % 2 == 0 ? MIN_PRIORITY_VALUE : MAX_PRIORITY_VALUE, PRIORITY, NO_ERROR);
  }
  create(508, "another", mutex_priority, FIFO, INVALID_CONFIG);
  find(509, "low", low_mutex);
  check_mutex(511, mutex_by_arrival, NULL_PROCESS_ID, 0, 0);
  GET_EVENT_ID("event", &event, &status);
  check_code(512, status, NO_ERROR);
  GET_SEMAPHORE_ID("by priority", &semaphore, &status);
  check_code(513, status, NO_ERROR);
}

static void try_parameters(void) {
  find(516, "by arrival", mutex_by_arrival);
  check_code(518, acquire_mutex(0, 0), INVALID_PARAM);
  check_code(519, acquire_mutex(no_such_object, 0), INVALID_PARAM);
  check_code(520, acquire_mutex(mutex_by_arrival, IMPOSSIBLE_TIME), INVALID_PARAM);
  check_code(521, release_mutex(0), INVALID_PARAM);
  check_code(522, release_mutex(no_such_object), INVALID_PARAM);
  check_code(523, reset_mutex(0, coordinator), INVALID_PARAM);
  check_code(524, reset_mutex(no_such_object, coordinator), INVALID_PARAM);
  check_code(525, reset_mutex(mutex_by_arrival, NULL_PROCESS_ID), INVALID_PARAM);
  check_code(526, reset_mutex(mutex_by_arrival, no_such_object), INVALID_PARAM);
  // Nobody owns it; and what LOCK_PREEMPTION owns can be had by LOCK_PREEMPTION alone.
  check_code(527, reset_mutex(mutex_by_arrival, coordinator), INVALID_MODE);
  check_code(528, release_mutex(mutex_by_arrival), INVALID_MODE);
  check_code(529, acquire_mutex(PREEMPTION_LOCK_MUTEX, 0), INVALID_PARAM);
  check_code(530, release_mutex(PREEMPTION_LOCK_MUTEX), INVALID_PARAM);
  check_code(531, reset_mutex(PREEMPTION_LOCK_MUTEX, coordinator), INVALID_PARAM);
  MUTEX_STATUS_TYPE state;
  RETURN_CODE_TYPE status;
  GET_MUTEX_STATUS(0, &state, &status);
  check_code(532, status, INVALID_PARAM);
  GET_MUTEX_STATUS(no_such_object, &state, &status);
  check_code(533, status, INVALID_PARAM);
  MUTEX_ID_TYPE owned;
  GET_PROCESS_MUTEX_STATE(no_such_object, &owned, &status);
  check_code(534, status, INVALID_PARAM);
  GET_PROCESS_MUTEX_STATE(NULL_PROCESS_ID, &owned, &status);
  check_code(535, status, INVALID_PARAM);
}

/// An owner has the mutex's priority, until it has released it as often as it has acquired it.
static void try_priority(void) {
  check_value(536, owned_mutex(coordinator), NO_MUTEX_OWNED);
  check_code(537, acquire_mutex(low_mutex, 0), INVALID_MODE);
  check_mutex(538, low_mutex, NULL_PROCESS_ID, 0, 0);
  check_code(539, acquire_mutex(mutex_by_arrival, 0), NO_ERROR);
  check_value(540, process_priority(coordinator), mutex_priority);
  check_value(541, owned_mutex(coordinator), mutex_by_arrival);
  check_mutex(542, mutex_by_arrival, coordinator, 1, 0);
  check_code(543, acquire_mutex(mutex_by_arrival, INFINITE_TIME_VALUE), NO_ERROR);
  check_mutex(544, mutex_by_arrival, coordinator, 2, 0);
  check_code(545, acquire_mutex(mutex_by_priority, 0), INVALID_MODE);
  check_code(546, release_mutex(mutex_by_priority), INVALID_MODE);
  check_code(547, release_mutex(mutex_by_arrival), NO_ERROR);
  check_mutex(548, mutex_by_arrival, coordinator, 1, 0);
  check_value(549, process_priority(coordinator), mutex_priority);
  // What an owner is set to counts when it owns the mutex no more.
  check_code(550, set_priority(coordinator, 55), NO_ERROR);
  check_value(551, process_priority(coordinator), mutex_priority);
  check_code(552, release_mutex(mutex_by_arrival), NO_ERROR);
  check_value(553, process_priority(coordinator), 55);
  check_code(554, set_priority(coordinator, low_mutex_priority), NO_ERROR);
  check_code(555, acquire_mutex(low_mutex, 0), NO_ERROR);
  check_code(556, release_mutex(low_mutex), NO_ERROR);
  check_code(557, set_priority(coordinator, coordinator_priority), NO_ERROR);
  check_mutex(558, mutex_by_arrival, NULL_PROCESS_ID, 0, 0);
  check_value(559, owned_mutex(coordinator), NO_MUTEX_OWNED);
}

/// As often as it may be, and reset whole.
static void try_count(void) {
  for (int i = 0; i < MAX_LOCK_LEVEL; i++) check_code(560, acquire_mutex(mutex_by_priority, 0), NO_ERROR);
  check_code(561, acquire_mutex(mutex_by_priority, 0), INVALID_CONFIG);
  check_mutex(562, mutex_by_priority, coordinator, MAX_LOCK_LEVEL, 0);
  check_code(563, reset_mutex(mutex_by_priority, workers[1].process), INVALID_MODE);
  check_code(564, reset_mutex(mutex_by_priority, coordinator), NO_ERROR);
  check_mutex(565, mutex_by_priority, NULL_PROCESS_ID, 0, 0);
  check_value(566, process_priority(coordinator), coordinator_priority);
  check_value(567, owned_mutex(coordinator), NO_MUTEX_OWNED);
}

/// Who owns a mutex may not wait, for others need it; locked preemption is a mutex like others.
static void try_waiting(void) {
  RETURN_CODE_TYPE status;
  LOCK_LEVEL_TYPE level;
  check_code(568, acquire_mutex(mutex_by_arrival, 0), NO_ERROR);
  TIMED_WAIT(MICROSECONDS(1), &status);
  check_code(569, status, INVALID_MODE);
  WAIT_EVENT(event, MICROSECONDS(1), &status);
  check_code(570, status, INVALID_MODE);
  WAIT_SEMAPHORE(semaphore, MICROSECONDS(1), &status);
  check_code(571, status, INVALID_MODE);
  SUSPEND_SELF(MICROSECONDS(1), &status);
  check_code(572, status, INVALID_MODE);
  LOCK_PREEMPTION(&level, &status);
  check_code(573, status, INVALID_MODE);
  if (status == NO_ERROR) UNLOCK_PREEMPTION(&level, &status);
  check_code(574, release_mutex(mutex_by_arrival), NO_ERROR);
  lock();
  check_value(575, owned_mutex(coordinator), PREEMPTION_LOCK_MUTEX);
  status = acquire_mutex(mutex_by_arrival, 0);
  check_code(576, status, INVALID_MODE);
  if (status == NO_ERROR) check_code(577, release_mutex(mutex_by_arrival), NO_ERROR);
  unlock();
  check_value(578, owned_mutex(coordinator), NO_MUTEX_OWNED);
}

void try_mutexes(void) {
  await_room(ROOM);
  try_parameters();
  try_priority();
  try_count();
  try_waiting();
  try_contended_mutexes();
}

// Locked preemption, and errors meanwhile: checks 900 to 999.
#include "mischief.h"

static SYSTEM_TIME_TYPE told;
static uint64_t errors;
static bool stops_failed, stops_owner, starts_other;
/// Who locks preemption, and who errs.
static PROCESS_ID_TYPE owner, failing;

static void lock(uint32_t number) {
  LOCK_LEVEL_TYPE level = 0;
  RETURN_CODE_TYPE status;
  LOCK_PREEMPTION(&level, &status);
  check_code(number, status, NO_ERROR);
  check_value(number + 1, level, 1);
}

static void unlock(uint32_t number) {
  LOCK_LEVEL_TYPE level = 1;
  RETURN_CODE_TYPE status;
  UNLOCK_PREEMPTION(&level, &status);
  check_code(number, status, NO_ERROR);
  check_value(number + 1, level, 0);
}

static LOCK_LEVEL_TYPE lock_level(void) {
  PARTITION_STATUS_TYPE self;
  RETURN_CODE_TYPE status;
  GET_PARTITION_STATUS(&self, &status);
  check_code(904, status, NO_ERROR);
  return self.LOCK_LEVEL;
}

static MUTEX_ID_TYPE owned_mutex(PROCESS_ID_TYPE process) {
  MUTEX_ID_TYPE mutex = 0;
  RETURN_CODE_TYPE status;
  GET_PROCESS_MUTEX_STATE(process, &mutex, &status);
  check_code(905, status, NO_ERROR);
  return mutex;
}

/// In the handler the lock is still the owner's.
static void look_at_lock(const ERROR_STATUS_TYPE *error) {
  RETURN_CODE_TYPE status;
  PROCESS_STATUS_TYPE seen;
  leave_mark(error_mark);
  errors++;
  GET_PROCESS_STATUS(error->FAILED_PROCESS_ID, &seen, &status);
  check_code(906, status, NO_ERROR);
  told = partita_now() - seen.DEADLINE_TIME;
  check_value(907, error->FAILED_PROCESS_ID, failing);
  check_value(908, owned_mutex(owner), PREEMPTION_LOCK_MUTEX);
  check_value(909, owned_mutex(workers[3].process), NO_MUTEX_OWNED);
  check_value(910, lock_level(), 1);
  SUSPEND(owner, &status);
  check_code(911, status, INVALID_MODE);
  if (starts_other) START(workers[3].process, &status);
  if (stops_failed) STOP(failing, &status);
  else if (stops_owner) STOP(owner, &status);
  if (starts_other || stops_failed || stops_owner) check_code(912, status, NO_ERROR);
}

static void lock_and_raise(struct worker *self) {
  lock(920);
  raise_error();
  mark(self);
  check_value(922, owned_mutex(self->process), PREEMPTION_LOCK_MUTEX);
  unlock(923);
  mark(self);
}

static void lock_and_compute(struct worker *self) {
  lock(930);
  mark(self);
  compute(self->time_out);
  mark(self);
  unlock(932);
  mark(self);
}

/// The same, by who is late meanwhile.
static void be_late_locked(void) {
  lock(935);
  leave_mark(punctual_mark);
  compute(2 * CAPACITY);
  leave_mark(punctual_mark);
  unlock(937);
  leave_mark(punctual_mark);
}

static void be_late(void) { compute(2 * CAPACITY); }

static void expect_error(PROCESS_ID_TYPE by, PROCESS_ID_TYPE under) {
  failing = by;
  owner = under;
  stops_failed = stops_owner = starts_other = false;
  errors = 0;
  error_deed = look_at_lock;
}

/// - Parameter expected: the marks.
static void conclude_scene(uint32_t number, uint64_t expected) {
  error_deed = 0;
  check_marks(number, expected);
  check_value(number + 1, (int64_t)errors, 1);
  check_value(number + 2, lock_level(), 0);
  check_value(number + 3, dismiss_workers(), 0);
  check_value(number + 4, process_state(punctual), DORMANT);
}

/// Whom the handler starts waits for the lock's end.
static void try_error(void) {
  await_room(ROOM);
  expect_error(workers[4].process, workers[4].process);
  starts_other = true;
  assign(3, mark, 0, 0);
  begin(4, lock_and_raise, 0, 0);
  let_pass(MICROSECONDS(500));
  conclude_scene(940, 0xE434);
}

/// The lock ends with its owner.
static void try_stop(void) {
  await_room(ROOM);
  expect_error(workers[4].process, workers[4].process);
  stops_failed = starts_other = true;
  assign(3, mark, 0, 0);
  begin(4, lock_and_raise, 0, 0);
  let_pass(MICROSECONDS(500));
  check_value(950, workers[4].is_done, false);
  conclude_scene(951, 0xE3);
}

/// One of greater priority is ready before the deadline, and has to wait until the lock's end.
static void try_own_deadline(void) {
  RETURN_CODE_TYPE status;
  await_room(ROOM);
  expect_error(punctual, punctual);
  punctual_deed = be_late_locked;
  assign(3, mark, 0, 0);
  DELAYED_START(workers[3].process, CAPACITY / 2, &status);
  check_code(960, status, NO_ERROR);
  START(punctual, &status);
  check_code(961, status, NO_ERROR);
  let_pass(3 * CAPACITY);
  check_within(962, told, 0, TOLERANCE);
  conclude_scene(963, 0x5E535);
}

/// The deadline is another one's, who is stopped: that is no reason to unlock.
static void try_others_deadline(void) {
  RETURN_CODE_TYPE status;
  await_room(ROOM);
  expect_error(punctual, workers[4].process);
  stops_failed = starts_other = true;
  punctual_deed = be_late;
  assign(3, mark, 0, 0);
  START(punctual, &status);
  check_code(970, status, NO_ERROR);
  begin(4, lock_and_compute, 0, 2 * CAPACITY);
  let_pass(3 * CAPACITY);
  check_within(971, told, 0, TOLERANCE);
  conclude_scene(972, 0x4E434);
}

/// The owner is stopped for another one's deadline: that lets the next one run.
static void try_owners_stop(void) {
  RETURN_CODE_TYPE status;
  await_room(ROOM);
  expect_error(punctual, workers[4].process);
  stops_owner = starts_other = true;
  punctual_deed = be_late;
  assign(3, mark, 0, 0);
  START(punctual, &status);
  check_code(980, status, NO_ERROR);
  begin(4, lock_and_compute, 0, 2 * CAPACITY);
  let_pass(4 * CAPACITY);
  check_within(981, told, 0, TOLERANCE);
  conclude_scene(982, 0x4E3);
}

void try_locks(void) {
  try_error();
  try_stop();
  try_own_deadline();
  try_others_deadline();
  try_owners_stop();
}

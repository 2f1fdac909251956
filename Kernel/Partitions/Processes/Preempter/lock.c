// LOCK_PREEMPTION: checks 300 to 399.
#include "preempter.h"

static void lock(uint32_t number, RETURN_CODE_TYPE expected, LOCK_LEVEL_TYPE expected_level) {
  LOCK_LEVEL_TYPE level = -1;
  RETURN_CODE_TYPE status;
  LOCK_PREEMPTION(&level, &status);
  check_code(number, status, expected);
  check_value(number, level, expected_level);
}

static void unlock(uint32_t number, RETURN_CODE_TYPE expected, LOCK_LEVEL_TYPE expected_level) {
  LOCK_LEVEL_TYPE level = -1;
  RETURN_CODE_TYPE status;
  UNLOCK_PREEMPTION(&level, &status);
  check_code(number, status, expected);
  check_value(number, level, expected_level);
}

static LOCK_LEVEL_TYPE partition_level(void) {
  PARTITION_STATUS_TYPE self;
  RETURN_CODE_TYPE status;
  GET_PARTITION_STATUS(&self, &status);
  check_code(300, status, NO_ERROR);
  return self.LOCK_LEVEL;
}

static void try_levels(void) {
  RETURN_CODE_TYPE status;
  await_room(ROOM);
  check_value(301, partition_level(), 0);
  unlock(302, NO_ACTION, 0);
  for (LOCK_LEVEL_TYPE level = 1; level <= MAX_LOCK_LEVEL; level++) lock(303, NO_ERROR, level);
  lock(304, INVALID_CONFIG, MAX_LOCK_LEVEL);
  check_value(305, partition_level(), MAX_LOCK_LEVEL);
  TIMED_WAIT(MICROSECONDS(1), &status);
  check_code(306, status, INVALID_MODE);
  TIMED_WAIT(0, &status);
  check_code(307, status, INVALID_MODE);
  SUSPEND_SELF(MICROSECONDS(1), &status);
  check_code(308, status, INVALID_MODE);
  // Nobody takes its place by being started or raised either.
  begin(3, compute_between_marks, 0, 0);
  SET_PRIORITY(workers[3].process, director_priority + 1, &status);
  check_code(309, status, NO_ERROR);
  check_marks(310, 0);
  for (LOCK_LEVEL_TYPE level = MAX_LOCK_LEVEL - 1; level >= 1; level--) unlock(311, NO_ERROR, level);
  check_marks(312, 0);
  unlock(313, NO_ERROR, 0);
  check_marks(314, 0x33);
  check_value(315, partition_level(), 0);
}

/// Locks twice, computes while the time of one of greater priority comes, and unlocks twice.
static void compute_locked(struct worker *self) {
  lock(320, NO_ERROR, 1);
  lock(320, NO_ERROR, 2);
  compute(self->time_out);
  leave_mark((uint64_t)self->number);
  unlock(321, NO_ERROR, 1);
  leave_mark((uint64_t)self->number);
  unlock(321, NO_ERROR, 0);
  leave_mark((uint64_t)self->number);
}

static void end_locked(struct worker *self) {
  lock(322, NO_ERROR, 1);
  leave_mark((uint64_t)self->number);
}

void try_lock(void) {
  try_levels();

  // A release is held back until the lock is gone, and comes then at once.
  await_room(ROOM);
  begin(3, wait_then_mark, 0, MICROSECONDS(200));
  begin(1, compute_locked, 0, MICROSECONDS(500));
  let_pass(MICROSECONDS(1000));
  check_marks(323, 0x1131);
  check_within(324, workers[3].took, MICROSECONDS(500), MICROSECONDS(550));
  check_value(325, partition_level(), 0);
  check_value(326, dismiss_workers(), 0);

  // So is the director's own. Whoever ends with the lock does not leave it to others.
  await_room(ROOM);
  begin(1, compute_locked, 0, MICROSECONDS(500));
  SYSTEM_TIME_TYPE before = partita_now();
  let_pass(MICROSECONDS(200));
  check_within(327, partita_now() - before, MICROSECONDS(500), MICROSECONDS(550));
  check_marks(328, 0x11);
  let_pass(MICROSECONDS(100));
  check_marks(329, 1);
  begin(1, end_locked, 0, 0);
  let_pass(MICROSECONDS(100));
  check_marks(330, 1);
  check_value(331, partition_level(), 0);
  unlock(332, NO_ACTION, 0);
  check_value(333, dismiss_workers(), 0);
}

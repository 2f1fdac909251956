// Numbered checks, and what they need of the partition's windows.
#include <partita.h>

#include "process_checks.h"

/// A wait ends in the scheduler, which looks at all processes, and is then measured by the process that waited.
enum { wait_tolerance_ns = 10000 };

static uint64_t checks_done, checks_failed, marks;

// Processes that preempt each other check too: the counts are changed in one instruction.
void check(uint32_t number, bool holds, uint64_t seen) {
  __atomic_fetch_add(&checks_done, 1, __ATOMIC_RELAXED);
  if (holds) return;
  __atomic_fetch_add(&checks_failed, 1, __ATOMIC_RELAXED);
  partita_note(PROCESS_NOTE_FAILED | number, seen);
}

void check_code(uint32_t number, RETURN_CODE_TYPE seen, RETURN_CODE_TYPE expected) {
  check(number, seen == expected, (uint64_t)seen);
}

void check_value(uint32_t number, int64_t seen, int64_t expected) { check(number, seen == expected, (uint64_t)seen); }

void check_within(uint32_t number, int64_t seen, int64_t least, int64_t greatest) {
  check(number, seen >= least && seen <= greatest, (uint64_t)seen);
}

void check_wait(uint32_t number, SYSTEM_TIME_TYPE seen, SYSTEM_TIME_TYPE expected) {
  check_within(number, seen, expected, expected + wait_tolerance_ns);
}

void tell(uint32_t what, int64_t value) { partita_note(PROCESS_NOTE_MEASURED | what, (uint64_t)value); }

void conclude(void) { partita_note(PROCESS_NOTE_SUMMARY | checks_done, checks_failed); }

void leave_mark(uint64_t digit) { marks = marks << 4 | digit; }

uint64_t take_marks(void) {
  uint64_t taken = marks;
  marks = 0;
  return taken;
}

SYSTEM_TIME_TYPE period_start(void) {
  return (SYSTEM_TIME_TYPE)partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_PERIOD_START);
}

static PARTITION_STATUS_TYPE own_partition(void) {
  PARTITION_STATUS_TYPE self;
  RETURN_CODE_TYPE status;
  GET_PARTITION_STATUS(&self, &status);
  check_code(1, status, NO_ERROR);
  return self;
}

SYSTEM_TIME_TYPE into_period(SYSTEM_TIME_TYPE instant) {
  const SYSTEM_TIME_TYPE period = own_partition().PERIOD;
  const SYSTEM_TIME_TYPE remainder = (instant - period_start()) % period;
  return remainder < 0 ? remainder + period : remainder;
}

SYSTEM_TIME_TYPE instant_in_window(SYSTEM_TIME_TYPE instant) {
  const PARTITION_STATUS_TYPE self = own_partition();
  const SYSTEM_TIME_TYPE into = into_period(instant);
  return into < self.DURATION ? instant : instant - into + self.PERIOD;
}

void await_room(SYSTEM_TIME_TYPE duration) {
  RETURN_CODE_TYPE status;
  // Of the window that the partition was initialised in the end is not known, so any wait ends in the next one.
  if (period_start() == 0) {
    TIMED_WAIT(MICROSECONDS(100), &status);
    check_code(2, status, NO_ERROR);
  }
  SYSTEM_TIME_TYPE now = partita_now(), end = now + duration;
  if (instant_in_window(end) == end) return;
  TIMED_WAIT(instant_in_window(end) - now, &status);
  check_code(2, status, NO_ERROR);
}

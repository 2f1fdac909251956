// Tries preemption: who takes the processor from whom, when, and that who loses it has all its registers when it gets
// it back. Leaves a note of each check that fails, measurements, and a summary. Its second instance sends it messages.
#include "preempter.h"

enum { main_partition = 1 };

PROCESS_ID_TYPE director;

void let_pass(SYSTEM_TIME_TYPE duration) {
  RETURN_CODE_TYPE status;
  TIMED_WAIT(duration, &status);
  check_code(10, status, NO_ERROR);
}

void compute(SYSTEM_TIME_TYPE duration) {
  SYSTEM_TIME_TYPE end = partita_now() + duration;
  while (partita_now() < end) continue;
}

void compute_between_marks(struct worker *self) {
  leave_mark((uint64_t)self->number);
  compute(self->time_out);
  leave_mark((uint64_t)self->number);
}

void wait_then_mark(struct worker *self) {
  TIMED_WAIT(self->time_out, &self->status);
  leave_mark((uint64_t)self->number);
}

void check_marks(uint32_t number, uint64_t expected) {
  uint64_t seen = take_marks();
  check(number, seen == expected, seen);
}

static void direct(void) {
  // First, for it is about starts before NORMAL mode.
  try_starts();
  try_identity();
  try_priorities();
  try_lock();
  try_suspension();
  try_deadlines();
  try_storm();
  try_traffic();
  conclude();
}

int main(void) {
  PARTITION_STATUS_TYPE self;
  RETURN_CODE_TYPE status;
  GET_PARTITION_STATUS(&self, &status);
  check_code(11, status, NO_ERROR);
  if (self.IDENTIFIER != main_partition) send_for_ever();
  director = create_process("director", direct, director_priority, INFINITE_TIME_VALUE, INFINITE_TIME_VALUE);
  create_worker(1, equal_priority);
  create_worker(2, equal_priority);
  create_worker(3, high_priority);
  create_worker(4, low_priority);
  prepare_storm();
  prepare_traffic();
  prepare_starts();
  try_creation();
  START(director, &status);
  check_code(12, status, NO_ERROR);
  // It waits for NORMAL mode.
  check_value(14, process_state(director), WAITING);
  // It does not come back.
  SET_PARTITION_MODE(NORMAL, &status);
  check_code(13, status, NO_ACTION);
}

// Does to the process library what nobody should: processes that use up their stacks, error handlers and interrupt
// handlers that start, stop and wait, times and addresses that cannot be. Leaves a note of each check that fails, and a
// summary: the partition has withstood all of it.
#include "mischief.h"

PROCESS_ID_TYPE director, punctual;
SEMAPHORE_ID_TYPE never;
void (*punctual_deed)(void);
void (*error_deed)(const ERROR_STATUS_TYPE *error);
void (*event_deed)(void);

void let_pass(SYSTEM_TIME_TYPE duration) {
  RETURN_CODE_TYPE status;
  TIMED_WAIT(duration, &status);
  check_code(10, status, NO_ERROR);
}

void compute(SYSTEM_TIME_TYPE duration) {
  SYSTEM_TIME_TYPE end = partita_now() + duration;
  while (partita_now() < end) continue;
}

void mark(struct worker *self) { leave_mark((uint64_t)self->number); }

void check_marks(uint32_t number, uint64_t expected) {
  uint64_t seen = take_marks();
  check(number, seen == expected, seen);
}

void raise_error(void) {
  RETURN_CODE_TYPE status;
  RAISE_APPLICATION_ERROR(APPLICATION_ERROR, 0, 0, &status);
  check_code(11, status, NO_ERROR);
}

static void handle_error(void) {
  ERROR_STATUS_TYPE error;
  RETURN_CODE_TYPE status;
  GET_ERROR_STATUS(&error, &status);
  check_code(20, status, NO_ERROR);
  if (error_deed != 0) {
    error_deed(&error);
    return;
  }
  check(21, false, (uint64_t)error.ERROR_CODE << 32 | (uint64_t)error.FAILED_PROCESS_ID);
  // It might fail for ever.
  STOP(error.FAILED_PROCESS_ID, &status);
}

static void handle_event(uint64_t vector, uint64_t marks) {
  check_value(22, (int64_t)marks, 1);
  partita_acknowledge_interrupt(vector);
  check(23, event_deed != 0, vector);
  if (event_deed != 0) event_deed();
}

static void run_punctual(void) { punctual_deed(); }

static void direct(void) {
  // First, for there is one only.
  try_first_window();
  try_missed_time_outs();
  try_order();
  try_ranges();
  try_port();
  try_port_in_handler();
  try_handlers_starts();
  try_locks();
  try_stacks();
  try_messages();
  try_interrupts();
  try_addresses();
  conclude();
}

int main(void) {
  RETURN_CODE_TYPE status;
  uint64_t vector;
  CREATE_SEMAPHORE("never", 0, 1, FIFO, &never, &status);
  check_code(12, status, NO_ERROR);
  CREATE_ERROR_HANDLER((SYSTEM_ADDRESS_TYPE)handle_error, 8192, &status);
  check_code(13, status, NO_ERROR);
  check_value(14, (int64_t)partita_bind_event(own_channel, handle_event, &vector), NO_ERROR);
  director = create_process("director", direct, director_priority, INFINITE_TIME_VALUE, INFINITE_TIME_VALUE);
  create_worker(1, equal_priority);
  create_worker(2, equal_priority);
  create_worker(3, high_priority);
  create_worker(4, low_priority);
  punctual = create_process("punctual", run_punctual, least_priority, INFINITE_TIME_VALUE, CAPACITY);
  prepare_first_window();
  prepare_stacks();
  prepare_addresses();
  prepare_port();
  // What they leave is filled up.
  prepare_pool();
  START(director, &status);
  check_code(15, status, NO_ERROR);
  partita_run_processes();
}

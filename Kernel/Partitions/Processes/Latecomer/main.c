// Misses deadlines in every way: while it computes, while it waits, in one of many periods. Its error handler lets one
// process go on, and stops it the second time. Leaves a note of each error, of each job done, and of what went wrong;
// DeadlineTests says what they must be.
#include <ARINC653.h>
#include <partita.h>
#include <partita_process.h>

// First words of the notes.
enum { handled = 1, late_by = 2, job_done = 3, went_on = 4, ended = 5, wrong = 6 };

static const SYSTEM_TIME_TYPE millisecond = 1000000;
static PROCESS_ID_TYPE spinner, sleeper, beater, clerk;
static SEMAPHORE_ID_TYPE never;
static volatile int spinner_errors;

static void expect(uint64_t number, RETURN_CODE_TYPE seen, RETURN_CODE_TYPE wanted) {
  if (seen != wanted) partita_note(wrong, number << 32 | (uint64_t)seen);
}

static void handle_error(void) {
  ERROR_STATUS_TYPE error;
  PROCESS_STATUS_TYPE late;
  RETURN_CODE_TYPE status;
  GET_ERROR_STATUS(&error, &status);
  expect(1, status, NO_ERROR);
  if (error.LENGTH != 0 || error.FAILED_ADDRESS != 0) partita_note(wrong, 2);
  partita_note(handled, (uint64_t)error.ERROR_CODE << 32 | (uint64_t)error.FAILED_PROCESS_ID);
  GET_PROCESS_STATUS(error.FAILED_PROCESS_ID, &late, &status);
  partita_note(late_by, (uint64_t)(partita_now() - late.DEADLINE_TIME));
  if (error.FAILED_PROCESS_ID == spinner && ++spinner_errors == 2) {
    STOP(spinner, &status);
    expect(3, status, NO_ERROR);
  }
}

/// Never waits: its first deadline passes, it takes two milliseconds more, and misses these too.
static void spin(void) {
  RETURN_CODE_TYPE status;
  while (spinner_errors == 0) {
  }
  partita_note(went_on, 0);
  REPLENISH(2 * millisecond, &status);
  expect(4, status, NO_ERROR);
  while (1) {
  }
}

/// Waits for what never comes, and is late meanwhile.
static void sleep(void) {
  RETURN_CODE_TYPE status;
  WAIT_SEMAPHORE(never, INFINITE_TIME_VALUE, &status);
  partita_note(wrong, 5);
}

/// In time but once.
static void beat(void) {
  RETURN_CODE_TYPE status;
  for (uint64_t job = 1;; job++) {
    SYSTEM_TIME_TYPE begin = partita_now();
    while (partita_now() - begin < (job == 3 ? 1500000 : 300000)) {
    }
    partita_note(job_done, job);
    PERIODIC_WAIT(&status);
    expect(6, status, NO_ERROR);
  }
}

/// When all is over; without a deadline.
static void conclude(void) {
  RETURN_CODE_TYPE status;
  PROCESS_STATUS_TYPE state;
  TIMED_WAIT(70 * millisecond, &status);
  GET_PROCESS_STATUS(spinner, &state, &status);
  expect(7, status, NO_ERROR);
  if (state.PROCESS_STATE != DORMANT) partita_note(wrong, 8);
  GET_PROCESS_STATUS(clerk, &state, &status);
  if (state.DEADLINE_TIME != INFINITE_TIME_VALUE) partita_note(wrong, 9);
  partita_note(ended, 0);
}

static PROCESS_ID_TYPE create(
    const char *name, void (*entry)(void), PRIORITY_TYPE priority, SYSTEM_TIME_TYPE period, SYSTEM_TIME_TYPE capacity) {
  PROCESS_ATTRIBUTE_TYPE attributes = {
      .PERIOD = period, .TIME_CAPACITY = capacity, .ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)entry, .STACK_SIZE = 8192,
      .BASE_PRIORITY = priority, .DEADLINE = HARD};
  for (size_t i = 0; i < MAX_NAME_LENGTH && name[i] != 0; i++) attributes.NAME[i] = name[i];
  PROCESS_ID_TYPE process = NULL_PROCESS_ID;
  RETURN_CODE_TYPE status;
  CREATE_PROCESS(&attributes, &process, &status);
  expect(10, status, NO_ERROR);
  START(process, &status);
  expect(11, status, NO_ERROR);
  return process;
}

int main(void) {
  RETURN_CODE_TYPE status;
  CREATE_SEMAPHORE("never", 0, 1, FIFO, &never, &status);
  expect(12, status, NO_ERROR);
  CREATE_ERROR_HANDLER((SYSTEM_ADDRESS_TYPE)handle_error, 8192, &status);
  expect(13, status, NO_ERROR);
  spinner = create("spinner", spin, 10, INFINITE_TIME_VALUE, 3 * millisecond);
  sleeper = create("sleeper", sleep, 30, INFINITE_TIME_VALUE, 14 * millisecond);
  beater = create("beater", beat, 20, 10 * millisecond, 1 * millisecond);
  clerk = create("clerk", conclude, 5, INFINITE_TIME_VALUE, INFINITE_TIME_VALUE);
  partita_run_processes();
}

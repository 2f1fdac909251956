// Digs beyond its stack, a little and not into its neighbour's: its error handler is told that, and of whom. Leaves a
// note of each error, of each job of the neighbour, and of what went wrong; StackFenceTests says what they must be.
#include <ARINC653.h>
#include <partita.h>

// First words of the notes.
enum { handled = 1, worked = 2, dug = 3, wrong = 4 };
enum { stack_bytes = 4096 };

static PROCESS_ID_TYPE neighbour, digger;
static uint64_t errors;

static void expect(uint64_t number, RETURN_CODE_TYPE seen, RETURN_CODE_TYPE wanted) {
  if (seen != wanted) partita_note(wrong, number << 32 | (uint64_t)seen);
}

static void handle_error(void) {
  ERROR_STATUS_TYPE error;
  RETURN_CODE_TYPE status;
  GET_ERROR_STATUS(&error, &status);
  expect(1, status, NO_ERROR);
  if (error.LENGTH != 0 || error.FAILED_ADDRESS != 0) partita_note(wrong, 2);
  partita_note(handled, (uint64_t)error.ERROR_CODE << 32 | (uint64_t)error.FAILED_PROCESS_ID);
  // The first time it goes on, the second time it is over.
  if (++errors < 2) return;
  STOP(error.FAILED_PROCESS_ID, &status);
  expect(3, status, NO_ERROR);
}

/// Touches the byte that lies so far below the caller's frame.
__attribute__((noinline)) static void touch(uint64_t depth) {
  volatile uint8_t deep[depth];
  deep[0] = 1;
}

/// Each stack has room for an upcall and an exception too.
static void dig(void) {
  RETURN_CODE_TYPE status;
  uint64_t extended = partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_EXTENDED_STATE_BYTES);
  uint64_t whole = stack_bytes + 2 * (1536 + extended);
  for (uint64_t time = 0;; time++) {
    // Nearly all of it is its own.
    touch(time == 0 ? whole - 256 : whole);
    partita_note(dug, time);
    PERIODIC_WAIT(&status);
  }
}

static void work(void) {
  RETURN_CODE_TYPE status;
  for (uint64_t job = 0;; job++) {
    partita_note(worked, job);
    PERIODIC_WAIT(&status);
  }
}

static PROCESS_ID_TYPE create(const char *name, void (*entry)(void), PRIORITY_TYPE priority) {
  PROCESS_ATTRIBUTE_TYPE attributes = {
      .PERIOD = 10000000, .TIME_CAPACITY = INFINITE_TIME_VALUE, .ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)entry,
      .STACK_SIZE = stack_bytes, .BASE_PRIORITY = priority, .DEADLINE = SOFT};
  for (size_t i = 0; i < MAX_NAME_LENGTH && name[i] != 0; i++) attributes.NAME[i] = name[i];
  PROCESS_ID_TYPE process = NULL_PROCESS_ID;
  RETURN_CODE_TYPE status;
  CREATE_PROCESS(&attributes, &process, &status);
  expect(4, status, NO_ERROR);
  START(process, &status);
  expect(5, status, NO_ERROR);
  return process;
}

int main(void) {
  RETURN_CODE_TYPE status;
  CREATE_ERROR_HANDLER((SYSTEM_ADDRESS_TYPE)handle_error, 8192, &status);
  expect(6, status, NO_ERROR);
  neighbour = create("neighbour", work, 10);
  digger = create("digger", dig, 20);
  SET_PARTITION_MODE(NORMAL, &status);
}

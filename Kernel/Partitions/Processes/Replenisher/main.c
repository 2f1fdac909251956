// Three processes: one moves each job's deadline and needs that, one never waits, and one never gets the processor
// because of it. Leaves a note of each job, and of what went wrong; ReplenishmentTests says what they must be.
#include <ARINC653.h>
#include <partita.h>
#include <partita_process.h>

// First words of the notes.
enum { worked = 1, starved = 2, wrong = 3 };
#define MICROSECONDS(count) ((SYSTEM_TIME_TYPE)(count) * 1000)

static void expect(uint64_t number, RETURN_CODE_TYPE seen, RETURN_CODE_TYPE wanted) {
  if (seen != wanted) partita_note(wrong, number << 32 | (uint64_t)seen);
}

/// Computes until so long after the partition's period began.
static void compute_until(SYSTEM_TIME_TYPE offset) {
  const SYSTEM_TIME_TYPE end =
      (SYSTEM_TIME_TYPE)partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_PERIOD_START) + offset;
  while (partita_now() < end) {
  }
}

/// 3.5 ms of each period, where 2 are allowed: in time it asks for 4 more.
static void extend(void) {
  RETURN_CODE_TYPE status;
  for (uint64_t job = 0;; job++) {
    compute_until(MICROSECONDS(1000));
    REPLENISH(MICROSECONDS(4000), &status);
    expect(1, status, NO_ERROR);
    compute_until(MICROSECONDS(3500));
    partita_note(worked, job);
    PERIODIC_WAIT(&status);
  }
}

static void hog(void) {
  while (1) {
  }
}

static void starve(void) { partita_note(starved, 0); }

static void start(
    const char *name, void (*entry)(void), PRIORITY_TYPE priority, SYSTEM_TIME_TYPE period, SYSTEM_TIME_TYPE capacity) {
  PROCESS_ATTRIBUTE_TYPE attributes = {
      .PERIOD = period, .TIME_CAPACITY = capacity, .ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)entry, .STACK_SIZE = 4096,
      .BASE_PRIORITY = priority, .DEADLINE = SOFT};
  for (size_t i = 0; i < MAX_NAME_LENGTH && name[i] != 0; i++) attributes.NAME[i] = name[i];
  PROCESS_ID_TYPE process = NULL_PROCESS_ID;
  RETURN_CODE_TYPE status;
  CREATE_PROCESS(&attributes, &process, &status);
  expect(2, status, NO_ERROR);
  START(process, &status);
  expect(3, status, NO_ERROR);
}

int main(void) {
  RETURN_CODE_TYPE status;
  start("extending", extend, 30, MICROSECONDS(10000), MICROSECONDS(2000));
  start("greedy", hog, 20, INFINITE_TIME_VALUE, INFINITE_TIME_VALUE);
  start("starving", starve, 10, MICROSECONDS(10000), INFINITE_TIME_VALUE);
  SET_PARTITION_MODE(NORMAL, &status);
}

// An application of several processes that take the processor from each other: what the tracer's views of processes are
// looked at with. Each job leaves in the trace how long it took by its own clock.
#include <ARINC653.h>
#include <partita.h>
#include <partita_process.h>

static const SYSTEM_TIME_TYPE surveillance_delay = 10000000;
static SEMAPHORE_ID_TYPE alarm;
static RETURN_CODE_TYPE status;

/// Computes for so many rounds of some nanoseconds each, and a few more or less: work is never twice the same.
static void compute(uint32_t rounds) {
  static uint32_t state = 1;
  state = state * 1664525 + 1013904223;
  const uint32_t all = rounds - rounds / 8 + (state >> 8) % (rounds / 4);
  for (uint32_t round = 0; round < all; round++) __asm__ volatile("" : : "r"(round));
}

/// A job is done: its process's number, and how long it took since its release.
static void conclude(uint64_t process, SYSTEM_TIME_TYPE release) {
  partita_note(process, (uint64_t)(partita_now() - release));
  PERIODIC_WAIT(&status);
}

/// The release of a job that has begun in the period of its release.
static SYSTEM_TIME_TYPE period_start(void) {
  return (SYSTEM_TIME_TYPE)partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_PERIOD_START);
}

static void guide(void) {
  for (uint32_t job = 0;; job++) {
    const SYSTEM_TIME_TYPE release = period_start();
    compute(80000);
    if (job % 8 == 3) SIGNAL_SEMAPHORE(alarm, &status);
    compute(40000);
    conclude(1, release);
  }
}

static void navigate(void) {
  while (1) {
    const SYSTEM_TIME_TYPE release = period_start();
    compute(900000);
    conclude(2, release);
  }
}

static void survey(void) {
  while (1) {
    const SYSTEM_TIME_TYPE release = period_start() + surveillance_delay;
    compute(60000);
    conclude(3, release);
  }
}

static void report(void) {
  while (1) {
    const SYSTEM_TIME_TYPE release = period_start();
    compute(700000);
    conclude(4, release);
  }
}

/// Without a period: it waits for an alarm.
static void answer(void) {
  while (1) {
    WAIT_SEMAPHORE(alarm, INFINITE_TIME_VALUE, &status);
    compute(30000);
  }
}

static void create(
    const char *name, void (*entry)(void), PRIORITY_TYPE priority, SYSTEM_TIME_TYPE period,
    SYSTEM_TIME_TYPE capacity, SYSTEM_TIME_TYPE delay) {
  PROCESS_ATTRIBUTE_TYPE attributes = {
      .PERIOD = period,
      .TIME_CAPACITY = capacity,
      .ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)entry,
      .STACK_SIZE = 4096,
      .BASE_PRIORITY = priority,
      .DEADLINE = SOFT};
  for (size_t i = 0; name[i] != 0; i++) attributes.NAME[i] = name[i];
  PROCESS_ID_TYPE process;
  CREATE_PROCESS(&attributes, &process, &status);
  DELAYED_START(process, delay, &status);
}

int main(void) {
  CREATE_SEMAPHORE("alarm", 0, 1, FIFO, &alarm, &status);
  const SYSTEM_TIME_TYPE ms = 1000000;
  create("answer", answer, 5, INFINITE_TIME_VALUE, INFINITE_TIME_VALUE, 0);
  create("guidance", guide, 30, 20 * ms, 3 * ms, 0);
  create("surveillance", survey, 25, 20 * ms, 2 * ms, surveillance_delay);
  create("navigation", navigate, 20, 40 * ms, 30 * ms, 0);
  create("telemetry", report, 10, 80 * ms, 75 * ms, 0);
  partita_run_processes();
}

// Errs in its processes, has an error handler that mends them, and errs at last inside the handler. Leaves a note of
// each step; ProcessErrorTests says what they must be and has the tables.
#include <partita.h>
#include <partita_process.h>
#include <stdbool.h>

// First words of the notes.
enum { began = 1, resumed = 2, handled = 3, words = 4, ticked = 5, refused = 6, timed = 7, waited = 8 };

static PROCESS_ID_TYPE raiser, divider, clerk;
static uint64_t raises, divisions;
static const char message[] = "the first process is tired";

static void note(uint64_t first, uint64_t second) { partita_hypercall2(PARTITA_NOTE, first, second); }

static void raise(void) {
  RETURN_CODE_TYPE status;
  RAISE_APPLICATION_ERROR(APPLICATION_ERROR, (MESSAGE_ADDR_TYPE)message, sizeof message, &status);
  note(resumed, (uint64_t)status << 8 | ++raises);
}

static RETURN_CODE_TYPE first_handler = NO_ERROR, second_handler = NO_ERROR;
static void run_clerk(void);

// In NORMAL mode nothing is created any more, and only the handler may ask for the error.
static void note_refusals(void) {
  PROCESS_ATTRIBUTE_TYPE attributes = {
      .PERIOD = INFINITE_TIME_VALUE, .TIME_CAPACITY = INFINITE_TIME_VALUE, .STACK_SIZE = 4096, .BASE_PRIORITY = 1,
      .ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)run_clerk, .DEADLINE = SOFT, .NAME = "late"};
  PROCESS_ID_TYPE process;
  ERROR_STATUS_TYPE error;
  RETURN_CODE_TYPE late, outside;
  CREATE_PROCESS(&attributes, &process, &late);
  GET_ERROR_STATUS(&error, &outside);
  note(
      refused, 1ull << 32 | (uint64_t)first_handler << 24 | (uint64_t)second_handler << 16 | (uint64_t)late << 8 |
                   (uint64_t)outside);
}

// The first time the handler lets it go on, the second time it begins anew.
static void run_raiser(void) {
  if (raises == 0) note_refusals();
  note(began, (uint64_t)raiser);
  raise();
  raise();
  STOP_SELF();
}

static uint64_t divide(uint64_t divisor) {
  uint64_t low = 1, high = 0;
  __asm__ volatile("divq %2" : "+a"(low), "+d"(high) : "r"(divisor) : "cc");
  return low;
}

// The handler stops it for good.
static void run_divider(void) {
  RETURN_CODE_TYPE status;
  note(began, (uint64_t)divider);
  TIMED_WAIT(10000000, &status);
  divide(0);
  note(resumed, ++divisions);
  STOP_SELF();
}

// Goes on whatever becomes of the others, and errs last.
static void run_clerk(void) {
  RETURN_CODE_TYPE status;
  for (uint64_t tick = 1;; tick++) {
    note(ticked, tick);
    note(timed, (uint64_t)partita_now());
    if (tick == 2) {
      SYSTEM_TIME_TYPE before = partita_now();
      TIMED_WAIT(2000000, &status);
      note(waited, (uint64_t)(partita_now() - before));
    }
    if (tick == 6) RAISE_APPLICATION_ERROR(APPLICATION_ERROR, (MESSAGE_ADDR_TYPE)message, 0, &status);
    PERIODIC_WAIT(&status);
  }
}

static uint64_t errors;

static void handle_error(void) {
  ERROR_STATUS_TYPE error;
  RETURN_CODE_TYPE status, again, waiting, own;
  PROCESS_ID_TYPE self;
  GET_ERROR_STATUS(&error, &status);
  uint64_t what = (uint64_t)status << 56 | (uint64_t)error.ERROR_CODE << 48 | (uint64_t)error.FAILED_PROCESS_ID << 32;
  note(handled, what | (uint64_t)error.LENGTH << 16 | (uint64_t)(error.FAILED_ADDRESS != 0) << 8 | ++errors);
  uint64_t sum = 0;
  for (int i = 0; i < error.LENGTH; i++) sum = sum * 31 + error.MESSAGE[i];
  note(words, sum);
  // It is read once, nobody waits in the handler, and the handler is no process.
  GET_ERROR_STATUS(&error, &again);
  TIMED_WAIT(1, &waiting);
  GET_MY_ID(&self, &own);
  if (again != NO_ACTION || waiting != INVALID_MODE || own != INVALID_MODE) note(refused, 1);
  if (error.FAILED_PROCESS_ID == raiser && errors == 2) {
    STOP(raiser, &status);
    raises = 100;
    START(raiser, &again);
    note(refused, (uint64_t)status << 8 | (uint64_t)again);
  }
  if (error.FAILED_PROCESS_ID == divider) {
    STOP(divider, &status);
    note(refused, (uint64_t)status);
  }
  if (error.FAILED_PROCESS_ID == clerk) divide(0);
}

static PROCESS_ID_TYPE create(
    const char *name, void (*entry)(void), PRIORITY_TYPE priority, SYSTEM_TIME_TYPE period) {
  PROCESS_ATTRIBUTE_TYPE attributes = {
      .PERIOD = period, .TIME_CAPACITY = INFINITE_TIME_VALUE, .ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)entry,
      .STACK_SIZE = 8192, .BASE_PRIORITY = priority, .DEADLINE = SOFT};
  for (size_t i = 0; i < MAX_NAME_LENGTH && name[i] != 0; i++) attributes.NAME[i] = name[i];
  PROCESS_ID_TYPE process = NULL_PROCESS_ID;
  RETURN_CODE_TYPE status;
  CREATE_PROCESS(&attributes, &process, &status);
  START(process, &status);
  return process;
}

int main(void) {
  RETURN_CODE_TYPE status;
  PARTITION_STATUS_TYPE self;
  GET_PARTITION_STATUS(&self, &status);
  note(began, 0x100 | (uint64_t)self.START_CONDITION);
  const bool is_first_life = self.START_CONDITION == NORMAL_START;
  if (is_first_life) {
    // One that is refused takes nothing of the room that the others' stacks have together.
    CREATE_ERROR_HANDLER(0, 120000, &status);
    CREATE_ERROR_HANDLER((SYSTEM_ADDRESS_TYPE)handle_error, 8192, &first_handler);
    CREATE_ERROR_HANDLER((SYSTEM_ADDRESS_TYPE)handle_error, 8192, &second_handler);
    raiser = create("raiser", run_raiser, 20, INFINITE_TIME_VALUE);
    divider = create("divider", run_divider, 15, INFINITE_TIME_VALUE);
    clerk = create("clerk", run_clerk, 10, 20000000);
  }
  SET_PARTITION_MODE(NORMAL, &status);
  // It comes back where there are no processes.
  if (is_first_life) note(refused, 0);
  CREATE_ERROR_HANDLER((SYSTEM_ADDRESS_TYPE)handle_error, 8192, &first_handler);
  note_refusals();
  partita_run_processes();
}

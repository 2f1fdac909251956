// How lives end, and what is done about errors before they do.
#include "mayfly.h"

enum death {
  warm_start, cold_start, idle, divide_by_zero, touch_nothing, execute_nothing, report_error, halt,
  // Not before NORMAL mode.
  no_change, lose_stack
};

static SYSTEM_TIME_TYPE window_end(void) {
  return (SYSTEM_TIME_TYPE)partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_WINDOW_END);
}

static void compute_until(SYSTEM_TIME_TYPE instant) {
  while (partita_now() < instant) continue;
}

void compute(SYSTEM_TIME_TYPE duration) { compute_until(partita_now() + duration); }

void aim(void) {
  const SYSTEM_TIME_TYPE last = window_end() - parameters.room;
  switch (below(6)) {
    case 0: return;
    case 1: return compute_until(last - 20 - (SYSTEM_TIME_TYPE)below(200));
    case 2: return compute_until(last - 200 - (SYSTEM_TIME_TYPE)below(3000));
    case 3: return compute((SYSTEM_TIME_TYPE)below(100000));
    // The last call of the window may be so near its end that its answer comes in the next one.
    case 4: return compute_until(last - 450 + (SYSTEM_TIME_TYPE)below(60));
    default: return compute((SYSTEM_TIME_TYPE)below(3000));
  }
}

static uint64_t divide(uint64_t divisor) {
  uint64_t low = 1, high = 0;
  __asm__ volatile("divq %2" : "+a"(low), "+d"(high) : "r"(divisor) : "cc");
  return low;
}

int pick_death(void) {
  static const enum death deaths[] = {
      warm_start, warm_start, warm_start, warm_start, cold_start, cold_start, cold_start, idle, divide_by_zero,
      divide_by_zero, touch_nothing, touch_nothing, execute_nothing, report_error, report_error, halt, no_change,
      lose_stack};
  return (int)deaths[below(sizeof deaths / sizeof *deaths)];
}

int pick_early_death(void) { return (int)below(halt + 1); }

void die(int death) {
  RETURN_CODE_TYPE status;
  if (below(3) == 0) change_schedule();
  if (below(8) == 0) {
    SET_PARTITION_MODE((OPERATING_MODE_TYPE)(4 + below(100)), &status);
    check_code(400, status, INVALID_PARAM);
  }
  aim();
  partita_note(NOTE_DYING, (uint64_t)death);
  switch ((enum death)death) {
    case warm_start: SET_PARTITION_MODE(WARM_START, &status); break;
    case cold_start: SET_PARTITION_MODE(COLD_START, &status); break;
    case idle: SET_PARTITION_MODE(IDLE, &status); break;
    case divide_by_zero: divide(0); break;
    case touch_nothing: *(volatile uint64_t *)0x12345678 = 0; break;
    case execute_nothing: __asm__ volatile("ud2"); break;
    case report_error:
      RAISE_APPLICATION_ERROR(APPLICATION_ERROR, (MESSAGE_ADDR_TYPE) "tired", 5, &status);
      check_code(401, status, NO_ERROR);
      break;
    case halt: __asm__ volatile("hlt"); break;
    case no_change:
      SET_PARTITION_MODE(NORMAL, &status);
      check_code(402, status, NO_ACTION);
      break;
    case lose_stack: __asm__ volatile("movq $16, %rsp\n\tpushq %rax"); break;
  }
}

// MARK: Errors

/// An instruction that has failed would fail for ever: who has tried it stops, and may begin anew.
static void mend(PROCESS_ID_TYPE process, bool is_started) {
  RETURN_CODE_TYPE status;
  STOP(process, &status);
  check_code(500, status, NO_ERROR);
  RESET_MUTEX(mutex, process, &status);
  if (!is_started) return;
  START(process, &status);
  check_code(501, status, NO_ERROR);
}

/// The error handler.
void handle_error(void) {
  ERROR_STATUS_TYPE error;
  RETURN_CODE_TYPE status;
  LOCK_LEVEL_TYPE level;
  GET_ERROR_STATUS(&error, &status);
  check_code(510, status, NO_ERROR);
  partita_note(NOTE_HANDLED | (uint64_t)error.ERROR_CODE, (uint64_t)error.FAILED_PROCESS_ID);
  check_normal();
  LOCK_PREEMPTION(&level, &status);
  check_code(511, status, NO_ACTION);
  TIMED_WAIT(1000, &status);
  check_code(512, status, INVALID_MODE);
  if (below(3) == 0) die(pick_death());
  const bool may_go_on = error.ERROR_CODE == DEADLINE_MISSED || error.ERROR_CODE == APPLICATION_ERROR;
  if (error.FAILED_PROCESS_ID <= 0) {
    if (!may_go_on) die(cold_start);
  } else if (error.ERROR_CODE != DEADLINE_MISSED) {
    mend(error.FAILED_PROCESS_ID, below(2));
  } else if (below(2)) {
    mend(error.FAILED_PROCESS_ID, true);
  }
}

/// The health callback, where the module names it: it has the partition's last instants.
PARTITA_CALLBACK void mayfly_callback(uint64_t error, uint64_t address, uint64_t action) {
  RETURN_CODE_TYPE status;
  (void)address;
  partita_note(NOTE_CALLED | error, action);
  for (int mode = IDLE; mode <= NORMAL; mode++) {
    if (below(2)) continue;
    SET_PARTITION_MODE((OPERATING_MODE_TYPE)mode, &status);
    check_code(520, status, INVALID_MODE);
  }
  if (below(2)) change_schedule();
  aim();
  switch (below(5)) {
    case 0: divide(0); break;
    case 1: return;
    case 2:
      for (;;) continue;
    case 3:
      RAISE_APPLICATION_ERROR(APPLICATION_ERROR, 0, 0, &status);
      partita_complete_callback();
      break;
    default: partita_complete_callback();
  }
  check(521, false, 0);
}

/// The handler of the partition's event: an interrupt of its own.
void on_event(uint64_t vector, uint64_t marks) {
  RETURN_CODE_TYPE status;
  (void)marks;
  partita_acknowledge_interrupt(vector);
  if (process_count > 0) {
    SET_EVENT(event, &status);
    check_code(530, status, NO_ERROR);
  }
  if (below(12) == 0) die(pick_death());
}

#include "partita.h"

#include "partita_names.h"

static void (*begin_normal_mode)(void);

void partita_begin_normal_mode_with(void (*begin)(void)) { begin_normal_mode = begin; }

void SET_PARTITION_MODE(OPERATING_MODE_TYPE mode, RETURN_CODE_TYPE *status) {
  *status = (RETURN_CODE_TYPE)partita_hypercall1(PARTITA_SET_PARTITION_MODE, (uint64_t)mode).status;
  // The kernel grants that once, to `main`: there is no process before.
  if (mode == NORMAL && *status == NO_ERROR && begin_normal_mode) begin_normal_mode();
}

void SET_MODULE_SCHEDULE(SCHEDULE_ID_TYPE schedule, RETURN_CODE_TYPE *status) {
  // A negative identifier is none that a module file can give.
  *status = schedule < 0
                ? INVALID_PARAM
                : (RETURN_CODE_TYPE)partita_hypercall1(PARTITA_SET_MODULE_SCHEDULE, (uint64_t)schedule).status;
}

// Selectors of `StatisticSelector`.
enum { current_schedule = 6, next_schedule = 7, last_schedule_change = 8 };

static uint64_t statistic(uint64_t selector) { return partita_hypercall2(PARTITA_READ_STATISTIC, selector, 0).value; }

void GET_MODULE_SCHEDULE_STATUS(SCHEDULE_STATUS_TYPE *schedule_status, RETURN_CODE_TYPE *status) {
  uint64_t last_change;
  // The schedule may change between two calls, where the window ends: only what one change encloses belongs together.
  do {
    last_change = statistic(last_schedule_change);
    schedule_status->CURRENT_SCHEDULE = (SCHEDULE_ID_TYPE)statistic(current_schedule);
    schedule_status->NEXT_SCHEDULE = (SCHEDULE_ID_TYPE)statistic(next_schedule);
  } while (statistic(last_schedule_change) != last_change);
  schedule_status->TIME_OF_LAST_SCHEDULE_SWITCH = (SYSTEM_TIME_TYPE)last_change;
  *status = NO_ERROR;
}

void GET_MODULE_SCHEDULE_ID(SCHEDULE_NAME_TYPE name, SCHEDULE_ID_TYPE *schedule, RETURN_CODE_TYPE *status) {
  NAME_TYPE padded;
  partita_copy_name(padded, name);
  struct partita_answer answer = partita_hypercall1(PARTITA_FIND_MODULE_SCHEDULE, (uint64_t)(uintptr_t)padded);
  *status = (RETURN_CODE_TYPE)answer.status;
  if (answer.status == NO_ERROR) *schedule = (SCHEDULE_ID_TYPE)answer.value;
}

void partita_complete_callback(void) { partita_hypercall0(PARTITA_COMPLETE_CALLBACK); }

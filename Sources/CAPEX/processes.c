// Processes are created, started and stopped, and asked about.
#include <arinc653/process.h>

#include <partita_flow.h>

#include "partita.h"
#include "partita_names.h"
#include "partita_preemption.h"
#include "partita_scheduler.h"

enum { least_stack_bytes = 2048, upcall_bytes = 1024 };

/// An upcall's frame, with the extended state and its handler's own, lies on the stack of the process that it
/// interrupts, beside what the process itself needs; and so does that of an exception, in an upcall's handler too.
static uint64_t stack_bytes(STACK_SIZE_TYPE wanted) {
  const uint64_t own = wanted < least_stack_bytes ? least_stack_bytes : wanted;
  return own + 2 * (upcall_bytes + partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_EXTENDED_STATE_BYTES));
}

static bool are_right(const PROCESS_ATTRIBUTE_TYPE *attributes) {
  const SYSTEM_TIME_TYPE period = attributes->PERIOD, capacity = attributes->TIME_CAPACITY;
  if (attributes->ENTRY_POINT == 0 || attributes->BASE_PRIORITY < MIN_PRIORITY_VALUE ||
      attributes->BASE_PRIORITY > MAX_PRIORITY_VALUE) {
    return false;
  }
  if (period == 0 || period < INFINITE_TIME_VALUE || capacity == 0 || capacity < INFINITE_TIME_VALUE) return false;
  return period == INFINITE_TIME_VALUE || capacity <= period;
}

static PROCESS_ID_TYPE find(const char *name) {
  for (PROCESS_ID_TYPE i = 1; i <= partita_process_count; i++) {
    if (partita_is_name(partita_processes[i].attributes.NAME, name)) return i;
  }
  return 0;
}

/// Whether the partition's periods fit the process's.
static bool is_multiple(SYSTEM_TIME_TYPE period) {
  const uint64_t own = partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_PERIOD);
  return period == INFINITE_TIME_VALUE || own == 0 || (uint64_t)period % own == 0;
}

static RETURN_CODE_TYPE create(const PROCESS_ATTRIBUTE_TYPE *attributes, PROCESS_ID_TYPE *identifier) {
  if (partita_process_count == MAX_NUMBER_OF_PROCESSES) return INVALID_CONFIG;
  if (find(attributes->NAME) != 0) return NO_ACTION;
  if (!are_right(attributes)) return INVALID_PARAM;
  if (!is_multiple(attributes->PERIOD)) return INVALID_CONFIG;
  if (partita_is_normal()) return INVALID_MODE;
  void *top = partita_new_stack(stack_bytes(attributes->STACK_SIZE));
  if (top == 0) return INVALID_CONFIG;
  struct partita_process *process = &partita_processes[++partita_process_count];
  process->attributes = *attributes;
  partita_copy_name(process->attributes.NAME, attributes->NAME);
  process->key = partita_process_key(process->attributes.NAME);
  process->priority = attributes->BASE_PRIORITY;
  process->state = DORMANT;
  process->deadline_time = INFINITE_TIME_VALUE;
  process->stack_top = top;
  *identifier = partita_process_count;
  return NO_ERROR;
}

void CREATE_PROCESS(PROCESS_ATTRIBUTE_TYPE *attributes, PROCESS_ID_TYPE *process, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  *status = create(attributes, process);
  partita_leave(before);
}

void GET_PROCESS_ID(PROCESS_NAME_TYPE name, PROCESS_ID_TYPE *process, RETURN_CODE_TYPE *status) {
  PROCESS_ID_TYPE found = find(name);
  *status = found == 0 ? INVALID_CONFIG : NO_ERROR;
  if (found != 0) *process = found;
}

void GET_PROCESS_STATUS(PROCESS_ID_TYPE process, PROCESS_STATUS_TYPE *process_status, RETURN_CODE_TYPE *status) {
  const struct partita_process *asked = partita_process(process);
  if (asked == 0) {
    *status = INVALID_PARAM;
    return;
  }
  uint64_t before = partita_enter();
  process_status->DEADLINE_TIME = asked->deadline_time;
  process_status->CURRENT_PRIORITY = asked->priority;
  process_status->PROCESS_STATE = asked->state;
  process_status->ATTRIBUTES = asked->attributes;
  *status = NO_ERROR;
  partita_leave(before);
}

void GET_MY_ID(PROCESS_ID_TYPE *process, RETURN_CODE_TYPE *status) {
  *process = partita_running;
  *status = partita_running == NULL_PROCESS_ID ? INVALID_MODE : NO_ERROR;
}

void GET_MY_INDEX(PROCESS_INDEX_TYPE *index, RETURN_CODE_TYPE *status) {
  *status = partita_running == NULL_PROCESS_ID ? INVALID_MODE : NO_ERROR;
  if (partita_running != NULL_PROCESS_ID) *index = partita_running - 1;
}

/// - delay: 0 … INT64_MAX.
static void start(struct partita_process *process, SYSTEM_TIME_TYPE delay) {
  const SYSTEM_TIME_TYPE capacity = process->attributes.TIME_CAPACITY;
  // A mutex that it has owned since before it was stopped it owns with the mutex's priority.
  process->retained_priority = process->attributes.BASE_PRIORITY;
  if (process->owned_mutex == 0) process->priority = process->attributes.BASE_PRIORITY;
  process->is_suspended = false;
  process->stack_pointer = partita_flow_prepare(process->stack_top, partita_process_begins);
  process->start_delay = delay;
  partita_set_deadline(process, INT64_MAX);
  if (process->attributes.PERIOD != INFINITE_TIME_VALUE) {
    process->state = WAITING;
    process->reason = PARTITA_WAITS_FOR_PERIOD;
    process->wake_time = INT64_MAX;
    process->release_time = partita_period_start();
    return;
  }
  process->starts_with_normal = !partita_is_normal();
  process->ready_order = partita_last_place();
  if (capacity != INFINITE_TIME_VALUE) partita_set_deadline(process, partita_later(partita_instant(delay), capacity));
  if (delay == 0 && !process->starts_with_normal) {
    partita_make_ready(process);
  } else {
    process->state = WAITING;
    process->reason = PARTITA_WAITS_FOR_TIME;
    process->wake_time = process->starts_with_normal ? INT64_MAX : partita_instant(delay);
  }
}

void START(PROCESS_ID_TYPE process, RETURN_CODE_TYPE *status) { DELAYED_START(process, 0, status); }

static RETURN_CODE_TYPE may_start(const struct partita_process *process, SYSTEM_TIME_TYPE delay) {
  if (process == 0) return INVALID_PARAM;
  if (process->state != DORMANT) return NO_ACTION;
  const PROCESS_ATTRIBUTE_TYPE *attributes = &process->attributes;
  if (delay < 0 || (attributes->PERIOD != INFINITE_TIME_VALUE && delay >= attributes->PERIOD)) return INVALID_PARAM;
  const SYSTEM_TIME_TYPE capacity = attributes->TIME_CAPACITY == INFINITE_TIME_VALUE ? 0 : attributes->TIME_CAPACITY;
  return partita_later(partita_instant(delay), capacity) == INT64_MAX ? INVALID_CONFIG : NO_ERROR;
}

void DELAYED_START(PROCESS_ID_TYPE process, SYSTEM_TIME_TYPE delay, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  *status = may_start(partita_process(process), delay);
  if (*status == NO_ERROR) {
    start(partita_process(process), delay);
    partita_arm_timer();
  }
  partita_leave(before);
}

void STOP(PROCESS_ID_TYPE process, RETURN_CODE_TYPE *status) {
  struct partita_process *stopped = partita_process(process);
  if (stopped == 0 || process == partita_running) {
    *status = INVALID_PARAM;
    return;
  }
  uint64_t before = partita_enter();
  *status = stopped->state == DORMANT ? NO_ACTION : NO_ERROR;
  partita_end_wait(stopped);
  if (process == partita_lock_owner) partita_unlock();
  stopped->state = DORMANT;
  stopped->reason = PARTITA_WAITS_FOR_NOTHING;
  stopped->starts_with_normal = false;
  stopped->was_stopped = true;
  if (*status == NO_ERROR) partita_tell_stop(process);
  partita_leave(before);
}

void STOP_SELF(void) {
  if (partita_is_in_error_handler) partita_error_handler_end();
  if (partita_running == NULL_PROCESS_ID) return;
  partita_enter();
  partita_forget_upcalls();
  partita_unlock();
  partita_processes[partita_running].state = DORMANT;
  partita_give_way();
}

void INITIALIZE_PROCESS_CORE_AFFINITY(
    PROCESS_ID_TYPE process, PROCESSOR_CORE_ID_TYPE core, RETURN_CODE_TYPE *status) {
  if (partita_process(process) == 0) *status = INVALID_PARAM;
  else if (core != 0 && core != CORE_AFFINITY_NO_PREFERENCE) *status = INVALID_CONFIG;
  else *status = partita_is_normal() ? INVALID_MODE : NO_ERROR;
}

void GET_MY_PROCESSOR_CORE_ID(PROCESSOR_CORE_ID_TYPE *core, RETURN_CODE_TYPE *status) {
  *core = 0;
  *status = NO_ERROR;
}

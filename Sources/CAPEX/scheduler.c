// Which process runs. Each has a stack of its own; `main`'s is the scheduler's, which runs with upcalls masked.
#include "partita_scheduler.h"

#include <partita_flow.h>

#include "partita.h"
#include "partita_preemption.h"

struct partita_process partita_processes[MAX_NUMBER_OF_PROCESSES + 1];
int32_t partita_process_count;
PROCESS_ID_TYPE partita_running;
LOCK_LEVEL_TYPE partita_lock_level;
PROCESS_ID_TYPE partita_lock_owner;
bool partita_is_in_error_handler;

/// The virtual interrupt flag of processes that run.
static uint64_t process_flag;
static uint64_t ready_count;
static void *main_stack_pointer;

static uint8_t stack_pool[PARTITA_STACK_POOL_BYTES] __attribute__((aligned(16)));
static uint64_t stack_pool_used;

void *partita_new_stack(uint64_t byte_count) {
  const uint64_t size = (byte_count + 15) & ~15ull;
  if (size > PARTITA_STACK_POOL_BYTES - stack_pool_used) return 0;
  stack_pool_used += size;
  return stack_pool + stack_pool_used;
}

SYSTEM_TIME_TYPE partita_period_start(void) {
  return (SYSTEM_TIME_TYPE)partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_PERIOD_START);
}

SYSTEM_TIME_TYPE partita_instant(SYSTEM_TIME_TYPE from_now) {
  return from_now < 0 ? INT64_MAX : partita_later(partita_now(), from_now);
}

// MARK: Who is ready

uint64_t partita_last_place(void) { return ++ready_count; }

void partita_make_ready(struct partita_process *process) {
  process->reason = PARTITA_WAITS_FOR_NOTHING;
  process->wake_time = INT64_MAX;
  process->state = process->is_suspended ? WAITING : READY;
  process->ready_order = partita_last_place();
}

/// The ready process of the greatest priority, of equals the one that has been ready longest; or 0.
static PROCESS_ID_TYPE choose(void) {
  PROCESS_ID_TYPE best = 0;
  for (PROCESS_ID_TYPE i = 1; i <= partita_process_count; i++) {
    if (partita_processes[i].state != READY) continue;
    PRIORITY_TYPE own = partita_processes[i].priority, other = partita_processes[best].priority;
    if (best == 0 || own > other ||
        (own == other && partita_processes[i].ready_order < partita_processes[best].ready_order)) {
      best = i;
    }
  }
  return best;
}

bool partita_is_outranked(void) {
  if (partita_running == 0 || partita_lock_level > 0) return false;
  // The error handler has suspended it.
  if (partita_processes[partita_running].is_suspended) return true;
  PROCESS_ID_TYPE best = choose();
  const struct partita_process *own = &partita_processes[partita_running];
  return best != 0 && partita_processes[best].priority - own->priority > (own->stands_behind ? -1 : 0);
}

/// A periodic process is released with the first period of its partition that begins after its start.
static void look_for_period(struct partita_process *process) {
  const SYSTEM_TIME_TYPE period = partita_period_start();
  if (process->reason != PARTITA_WAITS_FOR_PERIOD || process->release_time == period) return;
  process->release_time = partita_later(period, process->start_delay);
  if (process->attributes.TIME_CAPACITY != INFINITE_TIME_VALUE) {
    partita_set_deadline(process, partita_later(process->release_time, process->attributes.TIME_CAPACITY));
  }
  process->reason = PARTITA_WAITS_FOR_TIME;
  process->wake_time = process->release_time;
}

void partita_time_out(struct partita_process *process) {
  if (process->reason == PARTITA_WAITS_SUSPENDED) process->is_suspended = false;
  partita_end_wait(process);
  partita_make_ready(process);
}

void partita_release_due(void) {
  const SYSTEM_TIME_TYPE now = partita_now();
  struct partita_process *next;
  // Who was due first is ready first.
  do {
    next = 0;
    for (PROCESS_ID_TYPE i = 1; i <= partita_process_count; i++) {
      struct partita_process *process = &partita_processes[i];
      if (process->state != WAITING) continue;
      look_for_period(process);
      if (process->wake_time <= now && (next == 0 || process->wake_time < next->wake_time)) next = process;
    }
    if (next != 0) partita_time_out(next);
  } while (next != 0);
}

// MARK: Giving way

void partita_give_way(void) {
  partita_flow_switch(&partita_processes[partita_running].stack_pointer, main_stack_pointer);
}

void partita_be_outranked(void) {
  struct partita_process *process = &partita_processes[partita_running];
  process->state = process->is_suspended ? WAITING : READY;
  partita_give_way();
}

void partita_stand_behind(void) {
  struct partita_process *process = &partita_processes[partita_running];
  partita_make_ready(process);
  if (partita_lock_level == 0 && choose() != partita_running) {
    process->stands_behind = partita_is_in_upcall();
    if (process->stands_behind) partita_tick_at_once();
    else partita_give_way();
  }
  process->state = RUNNING;
}

void partita_abandon(void) {
  void *left;
  partita_flow_switch(&left, main_stack_pointer);
  __builtin_unreachable();
}

void partita_leave(uint64_t before) {
  if (partita_is_outranked()) {
    if (partita_is_in_upcall()) {
      partita_tick_at_once();
    } else {
      partita_be_outranked();
    }
  }
  partita_interrupts_restore(before);
}

bool partita_wait(enum partita_wait_reason reason, SYSTEM_TIME_TYPE until) {
  struct partita_process *process = &partita_processes[partita_running];
  process->state = WAITING;
  process->reason = reason;
  process->wake_time = until;
  process->was_woken = false;
  partita_give_way();
  return process->was_woken;
}

bool partita_wait_in(struct partita_waiting_queue *queue, SYSTEM_TIME_TYPE until) {
  struct partita_process *process = &partita_processes[partita_running];
  // There is room for as many as there can be processes.
  partita_waiting_insert(queue, partita_running, process->priority);
  process->queue = queue;
  return partita_wait(PARTITA_WAITS_IN_QUEUE, until);
}

RETURN_CODE_TYPE partita_wait_for(struct partita_waiting_queue *queue, SYSTEM_TIME_TYPE time_out) {
  if (time_out == 0) return NOT_AVAILABLE;
  if (!partita_may_wait()) return INVALID_MODE;
  return partita_wait_in(queue, partita_instant(time_out)) ? NO_ERROR : TIMED_OUT;
}

void partita_end_wait(struct partita_process *process) {
  if (process->queue != 0) partita_waiting_remove(process->queue, (int32_t)(process - partita_processes));
  process->queue = 0;
  process->waits_for_mutex = false;
}

struct partita_process *partita_wake_first(struct partita_waiting_queue *queue) {
  const SYSTEM_TIME_TYPE now = partita_now();
  int32_t first;
  while ((first = partita_waiting_first(queue)) >= 0) {
    struct partita_process *process = &partita_processes[first];
    // Whoever made it wait no longer than until now has computed since, and nobody has looked at the clock.
    const bool is_late = process->wake_time <= now;
    process->was_woken = !is_late;
    partita_end_wait(process);
    partita_make_ready(process);
    if (!is_late) return process;
  }
  return 0;
}

// MARK: The scheduler

/// When the window ends that runs now, as far as is known.
static SYSTEM_TIME_TYPE window_end(void) {
  SYSTEM_TIME_TYPE end = (SYSTEM_TIME_TYPE)partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_WINDOW_END);
  // Nobody has told of the window in which the partition was started: it is no longer than all in a period.
  SYSTEM_TIME_TYPE duration = (SYSTEM_TIME_TYPE)partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_DURATION);
  return end != 0 ? end : partita_instant(duration);
}

/// Nobody is ready: the rest of the window is given up, unless somebody will be before its end. Then that is waited
/// for here: the next window would be too late.
static void rest(void) {
  partita_tell_dispatch(NULL_PROCESS_ID);
  SYSTEM_TIME_TYPE next = partita_next_deadline();
  for (PROCESS_ID_TYPE i = 1; i <= partita_process_count; i++) {
    const struct partita_process *process = &partita_processes[i];
    if (process->state == WAITING && process->wake_time < next) next = process->wake_time;
  }
  // Masked: no upcall can make somebody ready between the look and the call.
  const bool gives_up = next >= window_end();
  const uint64_t window = partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_WINDOW_START);
  if (gives_up) partita_yield();
  // What waits is handled here, on `main`'s stack. With the next window there may be a period.
  partita_interrupts_restore(process_flag);
  while (!gives_up && partita_now() < next && choose() == 0 &&
         partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_WINDOW_START) == window) {
  }
  partita_interrupts_disable();
}

/// NORMAL mode has begun, however long `main` took: from here on count what was started before.
static void begin_normal_mode(void) {
  SYSTEM_TIME_TYPE period = partita_period_start();
  for (PROCESS_ID_TYPE i = 1; i <= partita_process_count; i++) {
    struct partita_process *process = &partita_processes[i];
    if (process->reason == PARTITA_WAITS_FOR_PERIOD) process->release_time = period;
    if (!process->starts_with_normal) continue;
    process->starts_with_normal = false;
    process->wake_time = partita_instant(process->start_delay);
    // Those that need not wait keep the order in which they were started.
    if (process->start_delay == 0) {
      process->reason = PARTITA_WAITS_FOR_NOTHING;
      process->wake_time = INT64_MAX;
      process->state = process->is_suspended ? WAITING : READY;
    }
    if (process->attributes.TIME_CAPACITY != INFINITE_TIME_VALUE) {
      SYSTEM_TIME_TYPE begin = partita_instant(process->start_delay);
      partita_set_deadline(process, partita_later(begin, process->attributes.TIME_CAPACITY));
    }
  }
}

void partita_run_processes(void) {
  RETURN_CODE_TYPE status;
  process_flag = partita_interrupts_disable();
  if (!partita_is_normal()) SET_PARTITION_MODE(NORMAL, &status);
  begin_normal_mode();
  if (partita_begin_preemption()) process_flag = 1;
  while (1) {
    if (!partita_take_look()) partita_look_at_clock();
    partita_judge_deadlines();
    // Who locks preemption was interrupted for a deadline only.
    partita_running = partita_lock_level > 0 ? partita_lock_owner : choose();
    if (partita_running == 0) {
      rest();
      continue;
    }
    partita_processes[partita_running].state = RUNNING;
    partita_processes[partita_running].stands_behind = false;
    partita_tell_dispatch(partita_running);
    partita_arm_timer();
    partita_flow_switch(&main_stack_pointer, partita_processes[partita_running].stack_pointer);
    partita_running = 0;
  }
}

void partita_process_begins(void) {
  const struct partita_process *process = &partita_processes[partita_running];
  partita_interrupts_restore(process_flag);
  ((void (*)(void))process->attributes.ENTRY_POINT)();
  STOP_SELF();
}

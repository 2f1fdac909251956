#include "partita_process.h"

#include <partita_flow.h>
#include <stdbool.h>

#include "partita_process_state.h"
#include "partita_waiting_services.h"

enum { maximum_process_count = 16, stack_pool_bytes = 64 << 10, least_stack_bytes = 2048 };

/// A periodic process that was started waits for the next period first (RELEASE_FLOW): its release point is there.
enum flow_state { DORMANT_FLOW, READY_FLOW, WAITING_FLOW, RELEASE_FLOW };

static struct flow {
  PROCESS_ATTRIBUTE_TYPE attributes;
  enum flow_state state;
  bool was_woken;
  /// It was stopped while the error handler had its place: what it was doing is not wanted any more.
  bool was_stopped;
  /// Among equals the one that has been ready longest runs first.
  uint64_t ready_order;
  /// When it is ready again by itself.
  SYSTEM_TIME_TYPE wake_time;
  /// Of its last release; until the first one, start of the period in which it was started.
  SYSTEM_TIME_TYPE release_time;
  void *stack_top;
  void *stack_pointer;
} flows[maximum_process_count + 1];  // index: identifier, from 1

static int32_t process_count;
/// The process that runs; 0 in `main`, in the scheduler and in the error handler.
static PROCESS_ID_TYPE running;
static bool is_error_handler;
static uint64_t ready_count;
static void *main_stack_pointer;
static uint8_t stack_pool[stack_pool_bytes] __attribute__((aligned(16)));
static uint32_t stack_pool_used;

void *partita_process_stack(STACK_SIZE_TYPE size) {
  if (size > stack_pool_bytes - stack_pool_used - 15) return 0;
  stack_pool_used += (size + 15) & ~15u;
  return stack_pool + stack_pool_used;
}

void CREATE_PROCESS(PROCESS_ATTRIBUTE_TYPE *attributes, PROCESS_ID_TYPE *process, RETURN_CODE_TYPE *status) {
  if (attributes->BASE_PRIORITY < MIN_PRIORITY_VALUE || attributes->BASE_PRIORITY > MAX_PRIORITY_VALUE ||
      attributes->ENTRY_POINT == 0 || attributes->PERIOD == 0 || attributes->PERIOD < INFINITE_TIME_VALUE) {
    *status = INVALID_PARAM;
    return;
  }
  if (partita_is_normal()) {
    *status = INVALID_MODE;
    return;
  }
  uint32_t size = attributes->STACK_SIZE < least_stack_bytes ? least_stack_bytes : attributes->STACK_SIZE;
  void *top = process_count < maximum_process_count ? partita_process_stack(size) : 0;
  if (top == 0) {
    *status = INVALID_CONFIG;
    return;
  }
  struct flow *flow = &flows[++process_count];
  flow->attributes = *attributes;
  flow->state = DORMANT_FLOW;
  flow->stack_top = top;
  *process = process_count;
  *status = NO_ERROR;
}

/// Start of the partition's period that runs now; 0 until one has begun since the partition started.
static SYSTEM_TIME_TYPE period_start(void) {
  return (SYSTEM_TIME_TYPE)partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_PERIOD_START);
}

static void make_ready(struct flow *flow) {
  flow->state = READY_FLOW;
  flow->ready_order = ++ready_count;
}

/// The ready process of the greatest priority, or 0.
static PROCESS_ID_TYPE choose(void) {
  PROCESS_ID_TYPE best = 0;
  for (PROCESS_ID_TYPE i = 1; i <= process_count; i++) {
    if (flows[i].state != READY_FLOW) continue;
    PRIORITY_TYPE own = flows[i].attributes.BASE_PRIORITY, other = flows[best].attributes.BASE_PRIORITY;
    if (best == 0 || own > other || (own == other && flows[i].ready_order < flows[best].ready_order)) best = i;
  }
  return best;
}

/// Back to the scheduler, which comes back here when the process is to run again.
static void give_way(void) { partita_flow_switch(&flows[running].stack_pointer, main_stack_pointer); }

/// The running process goes on, unless one of greater priority is ready.
static void reschedule(void) {
  PROCESS_ID_TYPE best = choose();
  if (running != 0 && best != 0 && flows[best].attributes.BASE_PRIORITY > flows[running].attributes.BASE_PRIORITY) {
    give_way();
  }
}

static void run_entry(void) {
  ((void (*)(void))flows[running].attributes.ENTRY_POINT)();
  STOP_SELF();
}

void START(PROCESS_ID_TYPE process, RETURN_CODE_TYPE *status) {
  if (process < 1 || process > process_count) {
    *status = INVALID_PARAM;
    return;
  }
  struct flow *flow = &flows[process];
  if (flow->state != DORMANT_FLOW) {
    *status = NO_ACTION;
    return;
  }
  flow->stack_pointer = partita_flow_prepare(flow->stack_top, run_entry);
  *status = NO_ERROR;
  if (flow->attributes.PERIOD != INFINITE_TIME_VALUE) {
    flow->state = RELEASE_FLOW;
    flow->release_time = period_start();
    return;
  }
  make_ready(flow);
  reschedule();
}

void STOP(PROCESS_ID_TYPE process, RETURN_CODE_TYPE *status) {
  if (process < 1 || process > process_count || process == running) {
    *status = INVALID_PARAM;
    return;
  }
  struct flow *flow = &flows[process];
  if (flow->state == DORMANT_FLOW) {
    *status = NO_ACTION;
    return;
  }
  if (flow->state == WAITING_FLOW) partita_forget_waiting_process(process);
  flow->state = DORMANT_FLOW;
  flow->was_stopped = true;
  *status = NO_ERROR;
}

void STOP_SELF(void) {
  if (is_error_handler) partita_error_handler_end();
  if (running == 0) return;
  flows[running].state = DORMANT_FLOW;
  give_way();
}

void GET_MY_ID(PROCESS_ID_TYPE *process, RETURN_CODE_TYPE *status) {
  *process = running;
  *status = running == 0 ? INVALID_MODE : NO_ERROR;
}

void TIMED_WAIT(SYSTEM_TIME_TYPE delay, RETURN_CODE_TYPE *status) {
  if (running == 0) {
    *status = INVALID_MODE;
    return;
  }
  if (delay < 0) {
    *status = INVALID_PARAM;
    return;
  }
  SYSTEM_TIME_TYPE now = partita_now();
  partita_process_wait(delay > INT64_MAX - now ? INT64_MAX : now + delay);
  *status = NO_ERROR;
}

void PERIODIC_WAIT(RETURN_CODE_TYPE *status) {
  if (running == 0 || flows[running].attributes.PERIOD == INFINITE_TIME_VALUE) {
    *status = INVALID_MODE;
    return;
  }
  flows[running].release_time += flows[running].attributes.PERIOD;
  partita_process_wait(flows[running].release_time);
  *status = NO_ERROR;
}

bool partita_is_error_handler(void) { return is_error_handler; }

PROCESS_ID_TYPE partita_process_interrupt(void) {
  PROCESS_ID_TYPE interrupted = running;
  flows[interrupted].was_stopped = false;
  running = 0;
  is_error_handler = true;
  return interrupted;
}

bool partita_process_resume(PROCESS_ID_TYPE process) {
  is_error_handler = false;
  if (process != 0 && flows[process].was_stopped) return false;
  running = process;
  return true;
}

void partita_process_abandon(void) {
  void *left;
  partita_flow_switch(&left, main_stack_pointer);
  __builtin_unreachable();
}

PROCESS_ID_TYPE partita_current_process(void) { return running; }

PRIORITY_TYPE partita_process_priority(PROCESS_ID_TYPE process) { return flows[process].attributes.BASE_PRIORITY; }

int partita_process_wait(SYSTEM_TIME_TYPE until) {
  struct flow *flow = &flows[running];
  flow->state = WAITING_FLOW;
  flow->was_woken = false;
  flow->wake_time = until;
  give_way();
  return flow->was_woken;
}

void partita_process_wake(PROCESS_ID_TYPE process) {
  // It may be ready already, for its time-out has passed, and not have run yet: it got what it waited for all the same.
  flows[process].was_woken = true;
  if (flows[process].state == WAITING_FLOW) make_ready(&flows[process]);
}

/// Makes ready what its time has come for.
static void release_due(void) {
  SYSTEM_TIME_TYPE now = partita_now(), period = period_start();
  for (PROCESS_ID_TYPE i = 1; i <= process_count; i++) {
    struct flow *flow = &flows[i];
    if (flow->state == WAITING_FLOW && flow->wake_time <= now) make_ready(flow);
    if (flow->state == RELEASE_FLOW && flow->release_time != period) {
      flow->release_time = period;
      make_ready(flow);
    }
  }
}

/// Nobody is ready: the rest of the window is given up, unless somebody will be before its end. Then that is waited
/// for here: the next window would be too late.
static void rest(void) {
  SYSTEM_TIME_TYPE end = (SYSTEM_TIME_TYPE)partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_WINDOW_END);
  SYSTEM_TIME_TYPE next = INT64_MAX;
  for (PROCESS_ID_TYPE i = 1; i <= process_count; i++) {
    if (flows[i].state == WAITING_FLOW && flows[i].wake_time < next) next = flows[i].wake_time;
  }
  if (next >= end) {
    partita_yield();
    return;
  }
  while (partita_now() < next) {
  }
}

void partita_run_processes(void) {
  RETURN_CODE_TYPE status;
  if (!partita_is_normal()) SET_PARTITION_MODE(NORMAL, &status);
  // However long `main` took: the first release point comes after NORMAL mode.
  for (PROCESS_ID_TYPE i = 1; i <= process_count; i++) {
    if (flows[i].state == RELEASE_FLOW) flows[i].release_time = period_start();
  }
  while (1) {
    partita_serve_waiting_processes();
    release_due();
    running = choose();
    if (running == 0) {
      rest();
      continue;
    }
    partita_flow_switch(&main_stack_pointer, flows[running].stack_pointer);
    running = 0;
  }
}

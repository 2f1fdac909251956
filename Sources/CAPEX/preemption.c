// The processor is taken from a process: by the virtual timer where the clock makes one of greater priority ready, and
// by the interrupt of queuing ports where a message does.
#include "partita_preemption.h"

#include "partita.h"
#include "partita_scheduler.h"

enum { timer_vector = 64, queue_vector = 66 };
/// How often the clock is looked at while it is not known when something will happen; ns.
static const SYSTEM_TIME_TYPE look_interval = 100000;

static bool is_preemptive;
static bool has_looked;
/// What the virtual timer is set to; INT64_MAX for nothing.
static SYSTEM_TIME_TYPE armed_instant = INT64_MAX;

bool partita_begin_preemption(void) {
  is_preemptive = partita_register_interrupt(timer_vector, partita_preemption_entry) == NO_ERROR;
  if (is_preemptive && partita_has_queuing_ports()) {
    partita_register_interrupt(queue_vector, partita_preemption_entry);
  }
  return is_preemptive;
}

/// When the partition's next period starts, or a look at whether one has. It starts with a window: a tick that was due
/// before comes with that.
static SYSTEM_TIME_TYPE next_period(void) {
  const uint64_t page = PARTITA_INFORMATION_PAGE;
  SYSTEM_TIME_TYPE now = partita_now(), period = partita_period_start();
  SYSTEM_TIME_TYPE next = period + (SYSTEM_TIME_TYPE)partita_load64(page + PARTITA_PERIOD);
  if (period != 0 && next > now) return next;
  // None has begun since the partition started, or the module schedule has changed.
  SYSTEM_TIME_TYPE end = (SYSTEM_TIME_TYPE)partita_load64(page + PARTITA_WINDOW_END);
  return end > now ? end : now + look_interval;
}

/// When the clock makes somebody ready who is of greater priority than the running process, or a deadline passes;
/// INT64_MAX for never.
static SYSTEM_TIME_TYPE next_tick(void) {
  SYSTEM_TIME_TYPE next = partita_next_deadline();
  if (partita_lock_level > 0) return next;
  for (PROCESS_ID_TYPE i = 1; i <= partita_process_count; i++) {
    const struct partita_process *process = &partita_processes[i];
    if (process->state != WAITING || process->priority <= partita_processes[partita_running].priority) continue;
    SYSTEM_TIME_TYPE instant = process->reason == PARTITA_WAITS_FOR_PERIOD ? next_period() : process->wake_time;
    if (instant < next) next = instant;
  }
  return next;
}

static void arm(SYSTEM_TIME_TYPE instant) {
  if (instant == armed_instant) return;
  armed_instant = instant;
  partita_set_timer((uint64_t)instant, 0);
}

void partita_arm_timer(void) {
  if (!is_preemptive || partita_running == NULL_PROCESS_ID) return;
  const SYSTEM_TIME_TYPE next = next_tick();
  // A tick that nobody needs any more does no harm.
  if (next != INT64_MAX) arm(next);
}

void partita_tick_at_once(void) {
  if (is_preemptive) arm(partita_now());
}

void partita_look_at_clock(void) {
  partita_serve_ports();
  partita_release_due();
}

bool partita_take_look(void) {
  const bool was_done = has_looked;
  has_looked = false;
  return was_done;
}

static bool is_nested(void) {
  return (uint16_t)(partita_load16(PARTITA_SHARED_PAGE + PARTITA_UPCALLS_ENTERED) -
                    partita_load16(PARTITA_SHARED_PAGE + PARTITA_UPCALLS_RETURNED)) > 1;
}

int partita_preempt(uint64_t vector) {
  partita_acknowledge_interrupt(vector);
  armed_instant = INT64_MAX;
  partita_look_at_clock();
  const bool is_late = partita_running != NULL_PROCESS_ID && partita_next_deadline() <= partita_now();
  if (!is_late && !partita_is_outranked()) {
    partita_arm_timer();
    return 0;
  }
  // Who is in another upcall's handler, unmasked, goes on for a while: that could not be counted as returned.
  if (is_nested()) {
    arm(partita_now() + look_interval);
    return 0;
  }
  has_looked = true;
  // For the kernel the upcall is over: its frame is the process's context now, however long that lies there, and none
  // is nested into another.
  __asm__ volatile(
      "incw %0" : "+m"(*(volatile uint16_t *)(uintptr_t)(PARTITA_SHARED_PAGE + PARTITA_UPCALLS_RETURNED)) : : "cc");
  partita_be_outranked();
  return 1;
}

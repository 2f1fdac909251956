// Who may run is changed: priorities, suspension, the preemption lock.
#include <arinc653/process.h>

#include "partita.h"
#include "partita_scheduler.h"

void SET_PRIORITY(PROCESS_ID_TYPE process, PRIORITY_TYPE priority, RETURN_CODE_TYPE *status) {
  struct partita_process *changed = partita_process(process);
  if (changed == 0 || priority < MIN_PRIORITY_VALUE || priority > MAX_PRIORITY_VALUE) {
    *status = INVALID_PARAM;
    return;
  }
  uint64_t before = partita_enter();
  *status = changed->state == DORMANT ? INVALID_MODE : NO_ERROR;
  if (*status == NO_ERROR) {
    changed->retained_priority = priority;
    if (changed->owned_mutex == 0) {
      changed->priority = priority;
      changed->ready_order = partita_last_place();
      if (process == partita_running) partita_stand_behind();
    }
    partita_arm_timer();
  }
  partita_leave(before);
}

void SUSPEND_SELF(SYSTEM_TIME_TYPE time_out, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  struct partita_process *own = &partita_processes[partita_running];
  if (!partita_may_wait()) *status = INVALID_MODE;
  else if (time_out < INFINITE_TIME_VALUE) *status = INVALID_PARAM;
  else if (own->attributes.PERIOD != INFINITE_TIME_VALUE) *status = INVALID_MODE;
  else if (time_out == 0) *status = NO_ERROR;
  else {
    own->is_suspended = true;
    *status = partita_wait(PARTITA_WAITS_SUSPENDED, partita_instant(time_out)) ? NO_ERROR : TIMED_OUT;
  }
  partita_leave(before);
}

static RETURN_CODE_TYPE suspend(PROCESS_ID_TYPE process) {
  struct partita_process *suspended = partita_process(process);
  if (suspended == 0 || process == partita_running) return INVALID_PARAM;
  if (suspended->state == DORMANT || suspended->attributes.PERIOD != INFINITE_TIME_VALUE ||
      suspended->owned_mutex != 0 || suspended->waits_for_mutex || process == partita_lock_owner) {
    return INVALID_MODE;
  }
  if (suspended->is_suspended) return NO_ACTION;
  suspended->is_suspended = true;
  // One whose place the error handler has taken is left when that is over.
  if (suspended->state == READY) suspended->state = WAITING;
  return NO_ERROR;
}

void SUSPEND(PROCESS_ID_TYPE process, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  *status = suspend(process);
  partita_leave(before);
}

static RETURN_CODE_TYPE resume(PROCESS_ID_TYPE process) {
  struct partita_process *resumed = partita_process(process);
  if (resumed == 0 || process == partita_running) return INVALID_PARAM;
  if (resumed->state == DORMANT || resumed->attributes.PERIOD != INFINITE_TIME_VALUE) return INVALID_MODE;
  // Its own time-out has passed already.
  if (resumed->reason == PARTITA_WAITS_SUSPENDED && resumed->wake_time <= partita_now()) partita_time_out(resumed);
  if (!resumed->is_suspended) return NO_ACTION;
  resumed->is_suspended = false;
  if (resumed->reason == PARTITA_WAITS_SUSPENDED) resumed->was_woken = true;
  if (resumed->state == RUNNING) return NO_ERROR;
  if (resumed->reason == PARTITA_WAITS_SUSPENDED || resumed->reason == PARTITA_WAITS_FOR_NOTHING) {
    partita_make_ready(resumed);
  }
  return NO_ERROR;
}

void RESUME(PROCESS_ID_TYPE process, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  *status = resume(process);
  partita_arm_timer();
  partita_leave(before);
}

/// Whether there is a process that could lock.
static bool can_lock(void) { return partita_is_normal() && partita_running != NULL_PROCESS_ID; }

void LOCK_PREEMPTION(LOCK_LEVEL_TYPE *level, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  if (!can_lock()) *status = NO_ACTION;
  else if (partita_processes[partita_running].owned_mutex != 0) *status = INVALID_MODE;
  else if (partita_lock_level == MAX_LOCK_LEVEL) *status = INVALID_CONFIG;
  else {
    partita_lock_level++;
    partita_lock_owner = partita_running;
    *status = NO_ERROR;
  }
  *level = partita_lock_level;
  partita_leave(before);
}

void UNLOCK_PREEMPTION(LOCK_LEVEL_TYPE *level, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  *status = !can_lock() || partita_lock_level == 0 ? NO_ACTION : NO_ERROR;
  if (*status == NO_ERROR && --partita_lock_level == 0) {
    partita_unlock();
    partita_look_at_clock();
    partita_arm_timer();
  }
  *level = partita_lock_level;
  partita_leave(before);
}

// Waiting for the clock, and deadlines.
#include <arinc653/time.h>

#include "partita_scheduler.h"

void TIMED_WAIT(SYSTEM_TIME_TYPE delay, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  if (!partita_may_wait()) *status = INVALID_MODE;
  else if (delay < 0 || partita_instant(delay) == INT64_MAX) *status = INVALID_PARAM;
  else {
    if (delay == 0) partita_stand_behind();
    else partita_wait(PARTITA_WAITS_FOR_TIME, partita_instant(delay));
    *status = NO_ERROR;
  }
  partita_leave(before);
}

void PERIODIC_WAIT(RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  struct partita_process *own = &partita_processes[partita_running];
  if (!partita_may_wait() || own->attributes.PERIOD == INFINITE_TIME_VALUE) {
    *status = INVALID_MODE;
  } else {
    own->outcome = PARTITA_JOB_IS_COMPLETE;
    own->release_time = partita_later(own->release_time, own->attributes.PERIOD);
    if (own->attributes.TIME_CAPACITY != INFINITE_TIME_VALUE) {
      partita_set_deadline(own, partita_later(own->release_time, own->attributes.TIME_CAPACITY));
    }
    partita_wait(PARTITA_WAITS_FOR_TIME, own->release_time);
    *status = NO_ERROR;
  }
  partita_leave(before);
}

void REPLENISH(SYSTEM_TIME_TYPE budget, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  struct partita_process *own = &partita_processes[partita_running];
  const SYSTEM_TIME_TYPE deadline = partita_instant(budget);
  const bool is_periodic = own->attributes.PERIOD != INFINITE_TIME_VALUE;
  const bool is_out_of_range = budget < INFINITE_TIME_VALUE || (budget >= 0 && deadline == INT64_MAX);
  if (partita_running == NULL_PROCESS_ID || !partita_is_normal()) *status = NO_ACTION;
  else if (is_periodic && deadline > partita_later(own->release_time, own->attributes.PERIOD)) *status = INVALID_MODE;
  else if (is_out_of_range) *status = INVALID_PARAM;
  else {
    // Whose capacity is infinite has no deadline.
    partita_set_deadline(own, own->attributes.TIME_CAPACITY == INFINITE_TIME_VALUE ? INT64_MAX : deadline);
    partita_arm_timer();
    *status = NO_ERROR;
  }
  partita_leave(before);
}

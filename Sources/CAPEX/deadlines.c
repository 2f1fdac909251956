// Deadlines of processes: errors of process level where they pass (ARINC 653 Part 1, 2.3.2.3 and 3.8).
#include "partita_scheduler.h"

#include "partita.h"

PROCESS_ID_TYPE partita_late_process;

void partita_set_deadline(struct partita_process *process, SYSTEM_TIME_TYPE instant) {
  process->deadline_time = instant == INT64_MAX ? INFINITE_TIME_VALUE : instant;
  process->is_late = false;
}

static bool can_be_late(const struct partita_process *process) {
  return process->state != DORMANT && process->deadline_time != INFINITE_TIME_VALUE && !process->is_late &&
         !process->starts_with_normal;
}

SYSTEM_TIME_TYPE partita_next_deadline(void) {
  SYSTEM_TIME_TYPE next = INT64_MAX;
  for (PROCESS_ID_TYPE i = 1; i <= partita_process_count; i++) {
    const struct partita_process *process = &partita_processes[i];
    if (can_be_late(process) && process->deadline_time < next) next = process->deadline_time;
  }
  return next;
}

void partita_judge_deadlines(void) {
  for (PROCESS_ID_TYPE i = 1; i <= partita_process_count; i++) {
    struct partita_process *process = &partita_processes[i];
    if (!can_be_late(process) || process->deadline_time > partita_now()) continue;
    process->is_late = true;
    partita_late_process = i;
    partita_hypercall3(PARTITA_RAISE_APPLICATION_ERROR, DEADLINE_MISSED, 0, 0);
    partita_late_process = NULL_PROCESS_ID;
  }
}

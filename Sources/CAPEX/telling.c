// The tracer is told which process has the processor (`ProcessTelling`): the kernel sees partitions only.
#include "partita.h"
#include "partita_scheduler.h"

enum { polynomial = 0x82F63B78u };

/// The process that has been told of last; 0 for none.
static PROCESS_ID_TYPE told_process;

uint32_t partita_process_key(const char *name) {
  uint32_t state = ~0u;
  for (int i = 0; i < MAX_NAME_LENGTH && name[i] != 0; i++) {
    state ^= (uint8_t)name[i];
    for (int bit = 0; bit < 8; bit++) state = (state & 1) == 0 ? state >> 1 : state >> 1 ^ polynomial;
  }
  return state == ~0u ? ~0u : ~state;
}

void partita_tell_process(uint32_t from, enum partita_told_state state, uint32_t to, SYSTEM_TIME_TYPE age) {
  partita_hypercall3(PARTITA_TELL_PROCESS, (uint64_t)to << 32 | from, state, (uint64_t)age);
}

/// From the release of a process's job to the start of its partition's period.
static SYSTEM_TIME_TYPE age_of_job(PROCESS_ID_TYPE process) {
  if (process == NULL_PROCESS_ID) return 0;
  const struct partita_process *asked = &partita_processes[process];
  if (asked->attributes.PERIOD == INFINITE_TIME_VALUE) return PARTITA_APERIODIC;
  return partita_period_start() - asked->release_time;
}

static enum partita_told_state state_of(const struct partita_process *left) {
  switch (left->outcome) {
  case PARTITA_JOB_IS_COMPLETE: return PARTITA_TOLD_COMPLETE;
  case PARTITA_JOB_IS_STOPPED: return PARTITA_TOLD_DORMANT;
  default: return (enum partita_told_state)left->state;
  }
}

void partita_tell_dispatch(PROCESS_ID_TYPE to) {
  struct partita_process *left = &partita_processes[told_process];
  if (told_process == to && left->outcome == PARTITA_JOB_GOES_ON) return;
  const enum partita_told_state state = told_process == NULL_PROCESS_ID ? PARTITA_TOLD_DORMANT : state_of(left);
  left->outcome = PARTITA_JOB_GOES_ON;
  told_process = to;
  partita_tell_process(left->key, state, partita_processes[to].key, age_of_job(to));
}

void partita_tell_stop(PROCESS_ID_TYPE process) {
  struct partita_process *stopped = &partita_processes[process];
  if (process == told_process) {
    // Told of when another one gets the processor.
    stopped->outcome = PARTITA_JOB_IS_STOPPED;
  } else {
    partita_tell_process(
        stopped->key, PARTITA_TOLD_DORMANT, partita_processes[told_process].key, age_of_job(told_process));
  }
}

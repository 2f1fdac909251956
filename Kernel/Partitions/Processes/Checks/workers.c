// Workers: processes whose deed is another one each time that they are started.
#include <partita.h>

#include "process_checks.h"

struct worker workers[worker_count + 1];

PROCESS_ID_TYPE create_process(
    char *name, void (*entry)(void), PRIORITY_TYPE priority, SYSTEM_TIME_TYPE period, SYSTEM_TIME_TYPE capacity) {
  PROCESS_ATTRIBUTE_TYPE attributes = {
      .PERIOD = period, .TIME_CAPACITY = capacity, .ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)entry,
      .STACK_SIZE = 4096, .BASE_PRIORITY = priority, .DEADLINE = SOFT};
  for (int i = 0; i < MAX_NAME_LENGTH && name[i] != 0; i++) attributes.NAME[i] = name[i];
  PROCESS_ID_TYPE process = NULL_PROCESS_ID;
  RETURN_CODE_TYPE status;
  CREATE_PROCESS(&attributes, &process, &status);
  check_code(3, status, NO_ERROR);
  return process;
}

/// Which worker runs is known by the process that it is.
static void work(void) {
  PROCESS_ID_TYPE process;
  RETURN_CODE_TYPE status;
  GET_MY_ID(&process, &status);
  check_code(4, status, NO_ERROR);
  struct worker *self = &workers[1];
  while (self < &workers[worker_count] && self->process != process) self++;
  SYSTEM_TIME_TYPE begun = partita_now();
  self->deed(self);
  self->took = partita_now() - begun;
  self->is_done = true;
}

void create_worker(int number, PRIORITY_TYPE priority) {
  char name[] = "worker 0";
  name[sizeof name - 2] += (char)number;
  workers[number].number = number;
  workers[number].process = create_process(name, work, priority, INFINITE_TIME_VALUE, INFINITE_TIME_VALUE);
}

void assign(int number, void (*deed)(struct worker *self), int32_t object, SYSTEM_TIME_TYPE time_out) {
  struct worker *worker = &workers[number];
  worker->deed = deed;
  worker->object = object;
  worker->time_out = time_out;
  // What no service answers: it shows whether one has been called.
  worker->status = (RETURN_CODE_TYPE)99;
  worker->took = -1;
  worker->message = (uint64_t)number;
  worker->size = -1;
  worker->is_done = false;
}

void begin(int number, void (*deed)(struct worker *self), int32_t object, SYSTEM_TIME_TYPE time_out) {
  assign(number, deed, object, time_out);
  RETURN_CODE_TYPE status;
  START(workers[number].process, &status);
  check_code(5, status, NO_ERROR);
}

int dismiss_workers(void) {
  int count = 0;
  for (int i = 1; i <= worker_count; i++) {
    RETURN_CODE_TYPE status;
    STOP(workers[i].process, &status);
    check(6, status == NO_ERROR || status == NO_ACTION, (uint64_t)status);
    count += status == NO_ERROR;
  }
  return count;
}

static PROCESS_STATUS_TYPE process_status(PROCESS_ID_TYPE process) {
  PROCESS_STATUS_TYPE seen = {0};
  RETURN_CODE_TYPE status;
  GET_PROCESS_STATUS(process, &seen, &status);
  check_code(7, status, NO_ERROR);
  return seen;
}

PROCESS_STATE_TYPE process_state(PROCESS_ID_TYPE process) { return process_status(process).PROCESS_STATE; }

PRIORITY_TYPE process_priority(PROCESS_ID_TYPE process) { return process_status(process).CURRENT_PRIORITY; }

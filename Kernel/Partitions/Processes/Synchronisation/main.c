// Tries every service of buffers, blackboards, semaphores, events and mutexes: their return codes, who is served in
// which order, what waits how long. Leaves a note of each check that fails, and a summary.
//
// As many objects are created as there may be. So it is Preempter that tries to create some in NORMAL mode.
#include "synchronisation.h"

PROCESS_ID_TYPE coordinator;

void name_extra(NAME_TYPE name, int number) {
  static const char pattern[] = "extra 00";
  for (unsigned i = 0; i < sizeof pattern; i++) name[i] = pattern[i];
  name[6] += (char)(number / 10);
  name[7] += (char)(number % 10);
}

void begin_all(void (*deed)(struct worker *self), int32_t object, SYSTEM_TIME_TYPE time_out) {
  for (int i = 1; i <= worker_count; i++) begin(i, deed, object, time_out);
}

void let_pass(SYSTEM_TIME_TYPE duration) {
  RETURN_CODE_TYPE status;
  TIMED_WAIT(duration, &status);
  check_code(10, status, NO_ERROR);
}

void lock(void) {
  LOCK_LEVEL_TYPE level;
  RETURN_CODE_TYPE status;
  LOCK_PREEMPTION(&level, &status);
  check_code(11, status, NO_ERROR);
  check_value(12, level, 1);
}

void unlock(void) {
  LOCK_LEVEL_TYPE level;
  RETURN_CODE_TYPE status;
  UNLOCK_PREEMPTION(&level, &status);
  check_code(13, status, NO_ERROR);
  check_value(14, level, 0);
}

static void coordinate(void) {
  await_room(ROOM);
  try_buffers();
  try_blackboards();
  try_semaphores();
  try_events();
  try_mutexes();
  check_value(15, process_priority(coordinator), coordinator_priority);
  conclude();
}

int main(void) {
  create_buffers();
  create_blackboards();
  create_semaphores();
  create_events();
  create_mutexes();
  coordinator = create_process(
      "coordinator", coordinate, coordinator_priority, INFINITE_TIME_VALUE, INFINITE_TIME_VALUE);
  create_worker(1, 60);
  create_worker(2, 70);
  create_worker(3, 70);
  create_worker(4, 80);
  RETURN_CODE_TYPE status;
  START(coordinator, &status);
  check_code(16, status, NO_ERROR);
  // It does not come back.
  SET_PARTITION_MODE(NORMAL, &status);
  check_code(17, status, NO_ACTION);
}

// CREATE_PROCESS, and what a process knows of itself: checks 100 to 199 and 650 to 699.
#include "preempter.h"

static void nothing(void) {}

static PROCESS_ATTRIBUTE_TYPE proper(void) {
  return (PROCESS_ATTRIBUTE_TYPE){
      .PERIOD = INFINITE_TIME_VALUE, .TIME_CAPACITY = INFINITE_TIME_VALUE, .ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)nothing,
      .STACK_SIZE = 4096, .BASE_PRIORITY = 1, .DEADLINE = HARD, .NAME = "extra"};
}

/// Under a name of its own for each number.
static void create(uint32_t number, PROCESS_ATTRIBUTE_TYPE attributes, RETURN_CODE_TYPE expected) {
  attributes.NAME[0] = (char)number;
  PROCESS_ID_TYPE process = NULL_PROCESS_ID;
  RETURN_CODE_TYPE status;
  CREATE_PROCESS(&attributes, &process, &status);
  check_code(number, status, expected);
}

static void try_attributes(void) {
  PROCESS_ATTRIBUTE_TYPE attributes = proper();
  attributes.BASE_PRIORITY = MIN_PRIORITY_VALUE - 1;
  create(100, attributes, INVALID_PARAM);
  attributes.BASE_PRIORITY = MAX_PRIORITY_VALUE + 1;
  create(101, attributes, INVALID_PARAM);
  attributes = proper();
  attributes.PERIOD = 0;
  create(102, attributes, INVALID_PARAM);
  attributes.PERIOD = IMPOSSIBLE_TIME;
  create(103, attributes, INVALID_PARAM);
  // The partition's period is 10 ms.
  attributes.PERIOD = MICROSECONDS(15000);
  create(104, attributes, INVALID_CONFIG);
  attributes.PERIOD = MICROSECONDS(10000);
  attributes.TIME_CAPACITY = MICROSECONDS(10001);
  create(105, attributes, INVALID_PARAM);
  attributes = proper();
  attributes.TIME_CAPACITY = 0;
  create(106, attributes, INVALID_PARAM);
  attributes.TIME_CAPACITY = IMPOSSIBLE_TIME;
  create(107, attributes, INVALID_PARAM);
  attributes = proper();
  attributes.ENTRY_POINT = 0;
  create(108, attributes, INVALID_PARAM);
  attributes = proper();
  attributes.STACK_SIZE = PARTITA_STACK_POOL_BYTES + 1;
  create(110, attributes, INVALID_CONFIG);
  attributes.STACK_SIZE = UINT32_MAX;
  create(111, attributes, INVALID_CONFIG);
}

static void try_affinity(void) {
  RETURN_CODE_TYPE status;
  INITIALIZE_PROCESS_CORE_AFFINITY(director, 0, &status);
  check_code(115, status, NO_ERROR);
  INITIALIZE_PROCESS_CORE_AFFINITY(director, 1, &status);
  check_code(116, status, INVALID_CONFIG);
  INITIALIZE_PROCESS_CORE_AFFINITY(no_such_process, 0, &status);
  check_code(117, status, INVALID_PARAM);
}

/// `main` is no process: it does not wait, and nobody takes the processor from it.
static void try_main(void) {
  RETURN_CODE_TYPE status;
  PROCESS_ID_TYPE process;
  PROCESS_INDEX_TYPE index;
  LOCK_LEVEL_TYPE level = -1;
  GET_MY_ID(&process, &status);
  check_code(120, status, INVALID_MODE);
  GET_MY_INDEX(&index, &status);
  check_code(121, status, INVALID_MODE);
  TIMED_WAIT(MICROSECONDS(1), &status);
  check_code(122, status, INVALID_MODE);
  PERIODIC_WAIT(&status);
  check_code(123, status, INVALID_MODE);
  SUSPEND_SELF(MICROSECONDS(1), &status);
  check_code(124, status, INVALID_MODE);
  LOCK_PREEMPTION(&level, &status);
  check_code(125, status, NO_ACTION);
  check_value(126, level, 0);
  level = -1;
  UNLOCK_PREEMPTION(&level, &status);
  check_code(127, status, NO_ACTION);
  check_value(128, level, 0);
  REPLENISH(MICROSECONDS(1), &status);
  check_code(129, status, NO_ACTION);
}

void try_creation(void) {
  try_attributes();
  try_affinity();
  try_main();
  PROCESS_STATUS_TYPE seen;
  RETURN_CODE_TYPE status;
  GET_PROCESS_STATUS(director, &seen, &status);
  check_code(130, status, NO_ERROR);
  check_value(131, seen.PROCESS_STATE, DORMANT);
  check_value(132, seen.CURRENT_PRIORITY, director_priority);
  GET_PROCESS_STATUS(no_such_process, &seen, &status);
  check_code(133, status, INVALID_PARAM);
  GET_PROCESS_STATUS(NULL_PROCESS_ID, &seen, &status);
  check_code(134, status, INVALID_PARAM);
  // As many as there is room for, and then no more: either of processes, or of their stacks.
  PROCESS_ATTRIBUTE_TYPE attributes = proper();
  PROCESS_ID_TYPE process;
  CREATE_PROCESS(&attributes, &process, &status);
  check_code(135, status, NO_ERROR);
  CREATE_PROCESS(&attributes, &process, &status);
  check_code(136, status, NO_ACTION);
  int count = 0;
  do {
    attributes.NAME[0] = (char)('A' + count++);
    CREATE_PROCESS(&attributes, &process, &status);
  } while (status == NO_ERROR && count <= MAX_NUMBER_OF_PROCESSES);
  check_code(137, status, INVALID_CONFIG);
}

/// Nothing is created any more.
static void try_late_creation(void) {
  RETURN_CODE_TYPE status;
  BUFFER_ID_TYPE buffer;
  CREATE_BUFFER("late", 8, 2, FIFO, &buffer, &status);
  check_code(140, status, INVALID_MODE);
  BLACKBOARD_ID_TYPE blackboard;
  CREATE_BLACKBOARD("late", 8, &blackboard, &status);
  check_code(141, status, INVALID_MODE);
  SEMAPHORE_ID_TYPE semaphore;
  CREATE_SEMAPHORE("late", 0, 1, FIFO, &semaphore, &status);
  check_code(142, status, INVALID_MODE);
  EVENT_ID_TYPE event;
  CREATE_EVENT("late", &event, &status);
  check_code(143, status, INVALID_MODE);
  MUTEX_ID_TYPE mutex;
  CREATE_MUTEX("late", 1, FIFO, &mutex, &status);
  check_code(144, status, INVALID_MODE);
  QUEUING_PORT_ID_TYPE port;
  CREATE_QUEUING_PORT("HEAR", sizeof(uint64_t), 4, DESTINATION, FIFO, &port, &status);
  check(145, status != NO_ERROR, (uint64_t)status);
}

void try_identity(void) {
  try_late_creation();
  RETURN_CODE_TYPE status;
  PROCESS_ID_TYPE process = NULL_PROCESS_ID;
  GET_MY_ID(&process, &status);
  check_code(650, status, NO_ERROR);
  check_value(651, process, director);
  GET_PROCESS_ID("worker 3", &process, &status);
  check_code(652, status, NO_ERROR);
  check_value(653, process, workers[3].process);
  GET_PROCESS_ID("worker", &process, &status);
  check_code(654, status, INVALID_CONFIG);
  PROCESS_INDEX_TYPE index = -1;
  GET_MY_INDEX(&index, &status);
  check_code(655, status, NO_ERROR);
  check_value(656, index, 0);
  PROCESSOR_CORE_ID_TYPE core = -1;
  GET_MY_PROCESSOR_CORE_ID(&core, &status);
  check_code(657, status, NO_ERROR);
  check_value(658, core, 0);
  INITIALIZE_PROCESS_CORE_AFFINITY(director, 0, &status);
  check_code(659, status, INVALID_MODE);
  PROCESS_STATUS_TYPE seen;
  GET_PROCESS_ID("extra", &process, &status);
  check_code(661, status, NO_ERROR);
  GET_PROCESS_STATUS(process, &seen, &status);
  check_code(662, status, NO_ERROR);
  const PROCESS_ATTRIBUTE_TYPE attributes = proper();
  check_value(663, seen.PROCESS_STATE, DORMANT);
  check_value(664, seen.ATTRIBUTES.PERIOD, attributes.PERIOD);
  check_value(665, seen.ATTRIBUTES.TIME_CAPACITY, attributes.TIME_CAPACITY);
  check(666, seen.ATTRIBUTES.ENTRY_POINT == attributes.ENTRY_POINT, (uint64_t)(uintptr_t)seen.ATTRIBUTES.ENTRY_POINT);
  check_value(667, seen.ATTRIBUTES.BASE_PRIORITY, 1);
  check_value(668, seen.ATTRIBUTES.DEADLINE, HARD);
  check(669, seen.ATTRIBUTES.NAME[0] == 'e' && seen.ATTRIBUTES.NAME[5] == 0, (uint64_t)seen.ATTRIBUTES.NAME[0]);
  check_value(670, process_state(director), RUNNING);
  check_value(671, process_priority(director), director_priority);
}

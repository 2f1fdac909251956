#include <arinc653/mutex.h>

#include "partita_objects.h"

static struct mutex {
  NAME_TYPE name;
  PRIORITY_TYPE priority;
  PROCESS_ID_TYPE owner;
  LOCK_COUNT_TYPE lock_count;
  struct partita_waiting_queue waiting;
} mutexes[MAX_NUMBER_OF_MUTEXES];
static struct partita_object_table table = {mutexes, sizeof mutexes[0], 0, MAX_NUMBER_OF_MUTEXES};

static MUTEX_ID_TYPE identifier(const struct mutex *mutex) { return (MUTEX_ID_TYPE)(mutex - mutexes) + 1; }

void CREATE_MUTEX(
    MUTEX_NAME_TYPE name, PRIORITY_TYPE priority, QUEUING_DISCIPLINE_TYPE discipline, MUTEX_ID_TYPE *mutex,
    RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  *status = partita_may_create(
      &table, name,
      priority >= MIN_PRIORITY_VALUE && priority <= MAX_PRIORITY_VALUE && partita_is_discipline(discipline));
  if (*status == NO_ERROR) {
    struct mutex *created = partita_create_object(&table, name, mutex);
    created->priority = priority;
    created->waiting.by_priority = discipline == PRIORITY;
  }
  partita_leave(before);
}

static void give(struct mutex *mutex, PROCESS_ID_TYPE process) {
  struct partita_process *owner = &partita_processes[process];
  mutex->owner = process;
  mutex->lock_count = 1;
  owner->owned_mutex = identifier(mutex);
  owner->retained_priority = owner->priority;
  // SET_PRIORITY may have raised it beyond while it waited.
  if (mutex->priority > owner->priority) owner->priority = mutex->priority;
}

static RETURN_CODE_TYPE acquire(struct mutex *mutex, SYSTEM_TIME_TYPE time_out) {
  struct partita_process *caller = &partita_processes[partita_running];
  if (partita_running == NULL_PROCESS_ID || partita_lock_level > 0) return INVALID_MODE;
  if (mutex->owner == partita_running) {
    if (mutex->lock_count == MAX_LOCK_LEVEL) return INVALID_CONFIG;
    mutex->lock_count++;
    return NO_ERROR;
  }
  if (caller->owned_mutex != 0 || caller->priority > mutex->priority) return INVALID_MODE;
  if (mutex->owner != NULL_PROCESS_ID) {
    caller->waits_for_mutex = time_out != 0;
    return partita_wait_for(&mutex->waiting, time_out);
  }
  give(mutex, partita_running);
  return NO_ERROR;
}

void ACQUIRE_MUTEX(MUTEX_ID_TYPE mutex, SYSTEM_TIME_TYPE time_out, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  struct mutex *own = partita_object(&table, mutex);
  *status = own != 0 && partita_is_time_out(time_out) ? acquire(own, time_out) : INVALID_PARAM;
  partita_leave(before);
}

/// Its owner owns it no longer, and is the first of its equals; who is first among those who wait owns it.
static void release(struct mutex *mutex) {
  struct partita_process *owner = &partita_processes[mutex->owner];
  owner->owned_mutex = 0;
  owner->priority = owner->retained_priority;
  owner->ready_order = 0;
  mutex->owner = NULL_PROCESS_ID;
  mutex->lock_count = 0;
  const struct partita_process *next = partita_wake_first(&mutex->waiting);
  if (next != 0) give(mutex, (PROCESS_ID_TYPE)(next - partita_processes));
  partita_arm_timer();
}

void RELEASE_MUTEX(MUTEX_ID_TYPE mutex, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  struct mutex *own = partita_object(&table, mutex);
  if (own == 0) *status = INVALID_PARAM;
  else if (partita_running == NULL_PROCESS_ID || own->owner != partita_running) *status = INVALID_MODE;
  else {
    if (--own->lock_count == 0) release(own);
    *status = NO_ERROR;
  }
  partita_leave(before);
}

void RESET_MUTEX(MUTEX_ID_TYPE mutex, PROCESS_ID_TYPE process, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  struct mutex *own = partita_object(&table, mutex);
  if (own == 0 || partita_process(process) == 0) *status = INVALID_PARAM;
  else if (own->owner != process) *status = INVALID_MODE;
  else {
    release(own);
    *status = NO_ERROR;
  }
  partita_leave(before);
}

void GET_PROCESS_MUTEX_STATE(PROCESS_ID_TYPE process, MUTEX_ID_TYPE *mutex, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  const struct partita_process *asked = partita_process(process);
  *status = asked == 0 ? INVALID_PARAM : NO_ERROR;
  if (asked != 0) {
    *mutex = asked->owned_mutex != 0 ? asked->owned_mutex : NO_MUTEX_OWNED;
    if (process == partita_lock_owner) *mutex = PREEMPTION_LOCK_MUTEX;
  }
  partita_leave(before);
}

void GET_MUTEX_ID(MUTEX_NAME_TYPE name, MUTEX_ID_TYPE *mutex, RETURN_CODE_TYPE *status) {
  const int32_t found = partita_find_object(&table, name);
  *status = found == 0 ? INVALID_CONFIG : NO_ERROR;
  if (found != 0) *mutex = found;
}

void GET_MUTEX_STATUS(MUTEX_ID_TYPE mutex, MUTEX_STATUS_TYPE *mutex_status, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  const struct mutex *own = partita_object(&table, mutex);
  *status = own == 0 ? INVALID_PARAM : NO_ERROR;
  if (own != 0) {
    *mutex_status = (MUTEX_STATUS_TYPE){
        .MUTEX_OWNER = own->owner, .MUTEX_STATE = own->owner == NULL_PROCESS_ID ? AVAILABLE : OWNED,
        .MUTEX_PRIORITY = own->priority, .LOCK_COUNT = own->lock_count, .WAITING_PROCESSES = own->waiting.count};
  }
  partita_leave(before);
}

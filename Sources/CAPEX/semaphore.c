#include <arinc653/semaphore.h>

#include "partita_objects.h"

static struct semaphore {
  NAME_TYPE name;
  SEMAPHORE_VALUE_TYPE value, maximum_value;
  struct partita_waiting_queue waiting;
} semaphores[MAX_NUMBER_OF_SEMAPHORES];
static struct partita_object_table table = {semaphores, sizeof semaphores[0], 0, MAX_NUMBER_OF_SEMAPHORES};

void CREATE_SEMAPHORE(
    SEMAPHORE_NAME_TYPE name, SEMAPHORE_VALUE_TYPE current_value, SEMAPHORE_VALUE_TYPE maximum_value,
    QUEUING_DISCIPLINE_TYPE discipline, SEMAPHORE_ID_TYPE *semaphore, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  *status = partita_may_create(
      &table, name,
      current_value >= 0 && current_value <= maximum_value && maximum_value > 0 &&
          maximum_value <= MAX_SEMAPHORE_VALUE && partita_is_discipline(discipline));
  if (*status == NO_ERROR) {
    struct semaphore *created = partita_create_object(&table, name, semaphore);
    created->value = current_value;
    created->maximum_value = maximum_value;
    created->waiting.by_priority = discipline == PRIORITY;
  }
  partita_leave(before);
}

void WAIT_SEMAPHORE(SEMAPHORE_ID_TYPE semaphore, SYSTEM_TIME_TYPE time_out, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  struct semaphore *own = partita_object(&table, semaphore);
  if (own == 0 || !partita_is_time_out(time_out)) *status = INVALID_PARAM;
  else if (own->value == 0) *status = partita_wait_for(&own->waiting, time_out);
  else {
    own->value--;
    *status = NO_ERROR;
  }
  partita_leave(before);
}

void SIGNAL_SEMAPHORE(SEMAPHORE_ID_TYPE semaphore, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  struct semaphore *own = partita_object(&table, semaphore);
  if (own == 0) *status = INVALID_PARAM;
  else if (partita_wake_first(&own->waiting) != 0) *status = NO_ERROR;
  else if (own->value == own->maximum_value) *status = NO_ACTION;
  else {
    own->value++;
    *status = NO_ERROR;
  }
  partita_leave(before);
}

void GET_SEMAPHORE_ID(SEMAPHORE_NAME_TYPE name, SEMAPHORE_ID_TYPE *semaphore, RETURN_CODE_TYPE *status) {
  const int32_t found = partita_find_object(&table, name);
  *status = found == 0 ? INVALID_CONFIG : NO_ERROR;
  if (found != 0) *semaphore = found;
}

void GET_SEMAPHORE_STATUS(
    SEMAPHORE_ID_TYPE semaphore, SEMAPHORE_STATUS_TYPE *semaphore_status, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  const struct semaphore *own = partita_object(&table, semaphore);
  *status = own == 0 ? INVALID_PARAM : NO_ERROR;
  if (own != 0) {
    *semaphore_status = (SEMAPHORE_STATUS_TYPE){
        .CURRENT_VALUE = own->value, .MAXIMUM_VALUE = own->maximum_value, .WAITING_PROCESSES = own->waiting.count};
  }
  partita_leave(before);
}

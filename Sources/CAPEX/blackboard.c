#include <arinc653/blackboard.h>

#include "partita_objects.h"

static struct blackboard {
  NAME_TYPE name;
  MESSAGE_SIZE_TYPE maximum_size;
  /// 0 while it is empty.
  MESSAGE_SIZE_TYPE size;
  uint8_t *message;
  struct partita_waiting_queue waiting;
} blackboards[MAX_NUMBER_OF_BLACKBOARDS];
static struct partita_object_table table = {blackboards, sizeof blackboards[0], 0, MAX_NUMBER_OF_BLACKBOARDS};

void CREATE_BLACKBOARD(
    BLACKBOARD_NAME_TYPE name, MESSAGE_SIZE_TYPE maximum_size, BLACKBOARD_ID_TYPE *blackboard,
    RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  *status = partita_may_create(&table, name, maximum_size > 0);
  if (*status == NO_ERROR) {
    uint8_t *message = partita_new_message_room((uint64_t)maximum_size);
    if (message == 0) {
      *status = INVALID_CONFIG;
    } else {
      struct blackboard *created = partita_create_object(&table, name, blackboard);
      created->maximum_size = maximum_size;
      created->message = message;
    }
  }
  partita_leave(before);
}

static void display(struct blackboard *blackboard, const void *message, MESSAGE_SIZE_TYPE size) {
  __builtin_memcpy(blackboard->message, message, (size_t)size);
  blackboard->size = size;
  struct partita_process *reader;
  while ((reader = partita_wake_first(&blackboard->waiting)) != 0) {
    __builtin_memcpy(reader->exchange.address, message, (size_t)size);
    reader->exchange.size = size;
  }
}

void DISPLAY_BLACKBOARD(
    BLACKBOARD_ID_TYPE blackboard, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE size, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  struct blackboard *own = partita_object(&table, blackboard);
  *status = own != 0 && size > 0 && size <= own->maximum_size ? NO_ERROR : INVALID_PARAM;
  if (*status == NO_ERROR) display(own, message, size);
  partita_leave(before);
}

static RETURN_CODE_TYPE read(
    struct blackboard *blackboard, void *message, MESSAGE_SIZE_TYPE *size, SYSTEM_TIME_TYPE time_out) {
  struct partita_exchange *exchange = &partita_processes[partita_running].exchange;
  if (blackboard->size == 0) {
    partita_touch(message, blackboard->maximum_size, true);
    *exchange = (struct partita_exchange){message, 0};
    RETURN_CODE_TYPE status = partita_wait_for(&blackboard->waiting, time_out);
    *size = status == NO_ERROR ? exchange->size : 0;
    return status;
  }
  __builtin_memcpy(message, blackboard->message, (size_t)blackboard->size);
  *size = blackboard->size;
  return NO_ERROR;
}

void READ_BLACKBOARD(
    BLACKBOARD_ID_TYPE blackboard, SYSTEM_TIME_TYPE time_out, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE *size,
    RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  struct blackboard *own = partita_object(&table, blackboard);
  *size = 0;
  *status = own != 0 && partita_is_time_out(time_out) ? read(own, message, size, time_out) : INVALID_PARAM;
  partita_leave(before);
}

void CLEAR_BLACKBOARD(BLACKBOARD_ID_TYPE blackboard, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  struct blackboard *own = partita_object(&table, blackboard);
  *status = own == 0 ? INVALID_PARAM : NO_ERROR;
  if (own != 0) own->size = 0;
  partita_leave(before);
}

void GET_BLACKBOARD_ID(BLACKBOARD_NAME_TYPE name, BLACKBOARD_ID_TYPE *blackboard, RETURN_CODE_TYPE *status) {
  const int32_t found = partita_find_object(&table, name);
  *status = found == 0 ? INVALID_CONFIG : NO_ERROR;
  if (found != 0) *blackboard = found;
}

void GET_BLACKBOARD_STATUS(
    BLACKBOARD_ID_TYPE blackboard, BLACKBOARD_STATUS_TYPE *blackboard_status, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  const struct blackboard *own = partita_object(&table, blackboard);
  *status = own == 0 ? INVALID_PARAM : NO_ERROR;
  if (own != 0) {
    *blackboard_status = (BLACKBOARD_STATUS_TYPE){
        .EMPTY_INDICATOR = own->size == 0 ? EMPTY : OCCUPIED, .MAX_MESSAGE_SIZE = own->maximum_size,
        .WAITING_PROCESSES = own->waiting.count};
  }
  partita_leave(before);
}

#include <arinc653/event.h>

#include "partita_objects.h"

static struct event {
  NAME_TYPE name;
  EVENT_STATE_TYPE state;
  struct partita_waiting_queue waiting;
} events[MAX_NUMBER_OF_EVENTS];
static struct partita_object_table table = {events, sizeof events[0], 0, MAX_NUMBER_OF_EVENTS};

void CREATE_EVENT(EVENT_NAME_TYPE name, EVENT_ID_TYPE *event, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  *status = partita_may_create(&table, name, true);
  if (*status == NO_ERROR) partita_create_object(&table, name, event);
  partita_leave(before);
}

void SET_EVENT(EVENT_ID_TYPE event, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  struct event *own = partita_object(&table, event);
  *status = own == 0 ? INVALID_PARAM : NO_ERROR;
  if (own != 0) {
    own->state = UP;
    while (partita_wake_first(&own->waiting) != 0) {
    }
  }
  partita_leave(before);
}

void RESET_EVENT(EVENT_ID_TYPE event, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  struct event *own = partita_object(&table, event);
  *status = own == 0 ? INVALID_PARAM : NO_ERROR;
  if (own != 0) own->state = DOWN;
  partita_leave(before);
}

void WAIT_EVENT(EVENT_ID_TYPE event, SYSTEM_TIME_TYPE time_out, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  struct event *own = partita_object(&table, event);
  if (own == 0 || !partita_is_time_out(time_out)) *status = INVALID_PARAM;
  else *status = own->state == UP ? NO_ERROR : partita_wait_for(&own->waiting, time_out);
  partita_leave(before);
}

void GET_EVENT_ID(EVENT_NAME_TYPE name, EVENT_ID_TYPE *event, RETURN_CODE_TYPE *status) {
  const int32_t found = partita_find_object(&table, name);
  *status = found == 0 ? INVALID_CONFIG : NO_ERROR;
  if (found != 0) *event = found;
}

void GET_EVENT_STATUS(EVENT_ID_TYPE event, EVENT_STATUS_TYPE *event_status, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  const struct event *own = partita_object(&table, event);
  *status = own == 0 ? INVALID_PARAM : NO_ERROR;
  if (own != 0) {
    *event_status = (EVENT_STATUS_TYPE){.EVENT_STATE = own->state, .WAITING_PROCESSES = own->waiting.count};
  }
  partita_leave(before);
}

// Events (ARINC 653 Part 1, 3.7.2.4): a condition that any number of processes can wait for.
#ifndef ARINC653_EVENT_H
#define ARINC653_EVENT_H

#include <arinc653/process.h>
#include <arinc653/types.h>

APEX_BEGIN

#define MAX_NUMBER_OF_EVENTS SYSTEM_LIMIT_NUMBER_OF_EVENTS

typedef NAME_TYPE EVENT_NAME_TYPE;
typedef APEX_INTEGER EVENT_ID_TYPE;
#define NULL_EVENT_ID 0
typedef enum { DOWN = 0, UP = 1 } EVENT_STATE_TYPE;

typedef struct {
  EVENT_STATE_TYPE EVENT_STATE;
  WAITING_RANGE_TYPE WAITING_PROCESSES;
} EVENT_STATUS_TYPE;

/// Before the partition is in NORMAL mode; it is down then.
void CREATE_EVENT(EVENT_NAME_TYPE name, EVENT_ID_TYPE *event, RETURN_CODE_TYPE *status);
/// The event is up, and all who wait for it are ready.
void SET_EVENT(EVENT_ID_TYPE event, RETURN_CODE_TYPE *status);
void RESET_EVENT(EVENT_ID_TYPE event, RETURN_CODE_TYPE *status);
/// Waits while the event is down.
void WAIT_EVENT(EVENT_ID_TYPE event, SYSTEM_TIME_TYPE time_out, RETURN_CODE_TYPE *status);
void GET_EVENT_ID(EVENT_NAME_TYPE name, EVENT_ID_TYPE *event, RETURN_CODE_TYPE *status);
void GET_EVENT_STATUS(EVENT_ID_TYPE event, EVENT_STATUS_TYPE *event_status, RETURN_CODE_TYPE *status);

APEX_END

#endif

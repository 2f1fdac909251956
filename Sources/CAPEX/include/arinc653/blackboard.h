// Blackboards (ARINC 653 Part 1, 3.7.2.2): one message that all processes of a partition can read.
#ifndef ARINC653_BLACKBOARD_H
#define ARINC653_BLACKBOARD_H

#include <arinc653/process.h>
#include <arinc653/types.h>

APEX_BEGIN

#define MAX_NUMBER_OF_BLACKBOARDS SYSTEM_LIMIT_NUMBER_OF_BLACKBOARDS

typedef NAME_TYPE BLACKBOARD_NAME_TYPE;
typedef APEX_INTEGER BLACKBOARD_ID_TYPE;
#define NULL_BLACKBOARD_ID 0
typedef enum { EMPTY = 0, OCCUPIED = 1 } EMPTY_INDICATOR_TYPE;

typedef struct {
  EMPTY_INDICATOR_TYPE EMPTY_INDICATOR;
  MESSAGE_SIZE_TYPE MAX_MESSAGE_SIZE;
  WAITING_RANGE_TYPE WAITING_PROCESSES;
} BLACKBOARD_STATUS_TYPE;

/// Before the partition is in NORMAL mode; it is empty then. INVALID_CONFIG as for CREATE_BUFFER.
void CREATE_BLACKBOARD(
    BLACKBOARD_NAME_TYPE name, MESSAGE_SIZE_TYPE maximum_size, BLACKBOARD_ID_TYPE *blackboard,
    RETURN_CODE_TYPE *status);
/// Replaces the message, and gives it to all who wait for one.
void DISPLAY_BLACKBOARD(
    BLACKBOARD_ID_TYPE blackboard, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE size, RETURN_CODE_TYPE *status);
/// Copies the message; waits while there is none.
void READ_BLACKBOARD(
    BLACKBOARD_ID_TYPE blackboard, SYSTEM_TIME_TYPE time_out, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE *size,
    RETURN_CODE_TYPE *status);
void CLEAR_BLACKBOARD(BLACKBOARD_ID_TYPE blackboard, RETURN_CODE_TYPE *status);
void GET_BLACKBOARD_ID(BLACKBOARD_NAME_TYPE name, BLACKBOARD_ID_TYPE *blackboard, RETURN_CODE_TYPE *status);
void GET_BLACKBOARD_STATUS(
    BLACKBOARD_ID_TYPE blackboard, BLACKBOARD_STATUS_TYPE *blackboard_status, RETURN_CODE_TYPE *status);

APEX_END

#endif

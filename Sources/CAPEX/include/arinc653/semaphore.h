// Counting semaphores (ARINC 653 Part 1, 3.7.2.3).
#ifndef ARINC653_SEMAPHORE_H
#define ARINC653_SEMAPHORE_H

#include <arinc653/process.h>
#include <arinc653/types.h>

APEX_BEGIN

#define MAX_NUMBER_OF_SEMAPHORES SYSTEM_LIMIT_NUMBER_OF_SEMAPHORES
#define MAX_SEMAPHORE_VALUE 32767

typedef NAME_TYPE SEMAPHORE_NAME_TYPE;
typedef APEX_INTEGER SEMAPHORE_ID_TYPE;
#define NULL_SEMAPHORE_ID 0
typedef APEX_INTEGER SEMAPHORE_VALUE_TYPE;

typedef struct {
  SEMAPHORE_VALUE_TYPE CURRENT_VALUE;
  SEMAPHORE_VALUE_TYPE MAXIMUM_VALUE;
  WAITING_RANGE_TYPE WAITING_PROCESSES;
} SEMAPHORE_STATUS_TYPE;

/// Before the partition is in NORMAL mode.
void CREATE_SEMAPHORE(
    SEMAPHORE_NAME_TYPE name, SEMAPHORE_VALUE_TYPE current_value, SEMAPHORE_VALUE_TYPE maximum_value,
    QUEUING_DISCIPLINE_TYPE discipline, SEMAPHORE_ID_TYPE *semaphore, RETURN_CODE_TYPE *status);
/// Takes one; waits while there is none.
void WAIT_SEMAPHORE(SEMAPHORE_ID_TYPE semaphore, SYSTEM_TIME_TYPE time_out, RETURN_CODE_TYPE *status);
/// Gives one to who is first among those who wait, or back; NO_ACTION where all are there already.
void SIGNAL_SEMAPHORE(SEMAPHORE_ID_TYPE semaphore, RETURN_CODE_TYPE *status);
void GET_SEMAPHORE_ID(SEMAPHORE_NAME_TYPE name, SEMAPHORE_ID_TYPE *semaphore, RETURN_CODE_TYPE *status);
void GET_SEMAPHORE_STATUS(
    SEMAPHORE_ID_TYPE semaphore, SEMAPHORE_STATUS_TYPE *semaphore_status, RETURN_CODE_TYPE *status);

APEX_END

#endif

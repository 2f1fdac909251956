// Mutexes (ARINC 653 Part 1, 3.7.2.5), with the priority of a ceiling: an owner runs with the mutex's priority.
#ifndef ARINC653_MUTEX_H
#define ARINC653_MUTEX_H

#include <arinc653/process.h>
#include <arinc653/types.h>

APEX_BEGIN

#define MAX_NUMBER_OF_MUTEXES SYSTEM_LIMIT_NUMBER_OF_MUTEXES

typedef NAME_TYPE MUTEX_NAME_TYPE;
typedef APEX_INTEGER MUTEX_ID_TYPE;
#define NULL_MUTEX_ID 0
#define NO_MUTEX_OWNED ((MUTEX_ID_TYPE)-2)
/// What LOCK_PREEMPTION owns. Only GET_PROCESS_MUTEX_STATE tells of it.
#define PREEMPTION_LOCK_MUTEX ((MUTEX_ID_TYPE)-3)
typedef APEX_INTEGER LOCK_COUNT_TYPE;
typedef enum { AVAILABLE = 0, OWNED = 1 } MUTEX_STATE_TYPE;

typedef struct {
  /// NULL_PROCESS_ID while it is available.
  PROCESS_ID_TYPE MUTEX_OWNER;
  MUTEX_STATE_TYPE MUTEX_STATE;
  PRIORITY_TYPE MUTEX_PRIORITY;
  LOCK_COUNT_TYPE LOCK_COUNT;
  WAITING_RANGE_TYPE WAITING_PROCESSES;
} MUTEX_STATUS_TYPE;

/// Before the partition is in NORMAL mode.
void CREATE_MUTEX(
    MUTEX_NAME_TYPE name, PRIORITY_TYPE priority, QUEUING_DISCIPLINE_TYPE discipline, MUTEX_ID_TYPE *mutex,
    RETURN_CODE_TYPE *status);
/// Waits while another process owns it; an owner locks it once more. INVALID_MODE for who owns another one, or whose
/// current priority is greater than the mutex's.
void ACQUIRE_MUTEX(MUTEX_ID_TYPE mutex, SYSTEM_TIME_TYPE time_out, RETURN_CODE_TYPE *status);
/// Undoes one ACQUIRE_MUTEX; with the last, who is first among those who wait owns it.
void RELEASE_MUTEX(MUTEX_ID_TYPE mutex, RETURN_CODE_TYPE *status);
/// Takes it from a process, however often that has locked it.
void RESET_MUTEX(MUTEX_ID_TYPE mutex, PROCESS_ID_TYPE process, RETURN_CODE_TYPE *status);
/// Which one the process owns.
void GET_PROCESS_MUTEX_STATE(PROCESS_ID_TYPE process, MUTEX_ID_TYPE *mutex, RETURN_CODE_TYPE *status);
void GET_MUTEX_ID(MUTEX_NAME_TYPE name, MUTEX_ID_TYPE *mutex, RETURN_CODE_TYPE *status);
void GET_MUTEX_STATUS(MUTEX_ID_TYPE mutex, MUTEX_STATUS_TYPE *mutex_status, RETURN_CODE_TYPE *status);

APEX_END

#endif

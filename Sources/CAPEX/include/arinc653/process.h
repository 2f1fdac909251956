// Process services (ARINC 653 Part 1, 3.3): several flows of one partition, of which the ready one of the greatest
// priority runs.
//
// A process gives way when it waits or stops, when a service that it calls makes one of greater priority ready, and
// when the time comes, or the message, that one of greater priority waits for. `main` creates and starts the processes
// and ends with SET_PARTITION_MODE(NORMAL): until then none of them runs.
//
// A handler of the partition's own for an interrupt may call services that do not wait; what it makes ready runs when
// it is over. It stays masked.
#ifndef ARINC653_PROCESS_H
#define ARINC653_PROCESS_H

#include <arinc653/partition.h>
#include <arinc653/types.h>

APEX_BEGIN

/// How many a partition can create.
#define MAX_NUMBER_OF_PROCESSES SYSTEM_LIMIT_NUMBER_OF_PROCESSES
#define MIN_PRIORITY_VALUE 1
#define MAX_PRIORITY_VALUE 239

typedef NAME_TYPE PROCESS_NAME_TYPE;
typedef APEX_INTEGER PROCESS_ID_TYPE;
#define NULL_PROCESS_ID 0
/// `main`, which initialises the partition, where a service takes it for a process.
#define MAIN_PROCESS_ID ((PROCESS_ID_TYPE)-1)
typedef APEX_INTEGER PROCESS_INDEX_TYPE;
/// A greater one goes first.
typedef APEX_INTEGER PRIORITY_TYPE;
/// Bytes.
typedef APEX_UNSIGNED STACK_SIZE_TYPE;
typedef enum { SOFT = 0, HARD = 1 } DEADLINE_TYPE;
typedef enum { DORMANT = 0, READY = 1, RUNNING = 2, WAITING = 3, FAULTED = 4 } PROCESS_STATE_TYPE;

typedef struct {
  /// INFINITE_TIME_VALUE: the process is aperiodic.
  SYSTEM_TIME_TYPE PERIOD;
  /// From start or release to the deadline; where that passes before the process waits for its next release, or stops,
  /// the health monitor is told of DEADLINE_MISSED (error.h). INFINITE_TIME_VALUE: there is no deadline.
  SYSTEM_TIME_TYPE TIME_CAPACITY;
  /// A `void (*)(void)`.
  SYSTEM_ADDRESS_TYPE ENTRY_POINT;
  /// At least 2048 are given; what upcalls need comes on top.
  STACK_SIZE_TYPE STACK_SIZE;
  PRIORITY_TYPE BASE_PRIORITY;
  DEADLINE_TYPE DEADLINE;
  PROCESS_NAME_TYPE NAME;
} PROCESS_ATTRIBUTE_TYPE;

typedef struct {
  /// When its capacity is used up, by the module's clock; INFINITE_TIME_VALUE: never.
  SYSTEM_TIME_TYPE DEADLINE_TIME;
  PRIORITY_TYPE CURRENT_PRIORITY;
  PROCESS_STATE_TYPE PROCESS_STATE;
  PROCESS_ATTRIBUTE_TYPE ATTRIBUTES;
} PROCESS_STATUS_TYPE;

/// Before the partition is in NORMAL mode. A periodic process's capacity is its period at most. Give the processes the
/// names, periods and deadlines that the module file has: nothing compares them.
void CREATE_PROCESS(PROCESS_ATTRIBUTE_TYPE *attributes, PROCESS_ID_TYPE *process, RETURN_CODE_TYPE *status);
void GET_PROCESS_ID(PROCESS_NAME_TYPE name, PROCESS_ID_TYPE *process, RETURN_CODE_TYPE *status);
void GET_PROCESS_STATUS(PROCESS_ID_TYPE process, PROCESS_STATUS_TYPE *process_status, RETURN_CODE_TYPE *status);
void GET_MY_ID(PROCESS_ID_TYPE *process, RETURN_CODE_TYPE *status);

/// A periodic process's first release point is the start of the partition's next period, in NORMAL mode. Others are
/// ready at once.
void START(PROCESS_ID_TYPE process, RETURN_CODE_TYPE *status);
/// The same, so much later; before NORMAL mode, so long after it has begun.
void DELAYED_START(PROCESS_ID_TYPE process, SYSTEM_TIME_TYPE delay, RETURN_CODE_TYPE *status);
/// Ends the process, or the error handler. Comes back in `main`, which is neither.
void STOP_SELF(void);
/// Stops another process, wherever it waits; INVALID_PARAM for the caller itself. A mutex that it owns remains its
/// own, until RESET_MUTEX.
void STOP(PROCESS_ID_TYPE process, RETURN_CODE_TYPE *status);

/// Changes the current priority: of a mutex's owner with the release. The process is the last among its equals then.
void SET_PRIORITY(PROCESS_ID_TYPE process, PRIORITY_TYPE priority, RETURN_CODE_TYPE *status);
/// Waits until somebody resumes the caller, or for so long. Not for periodic processes.
void SUSPEND_SELF(SYSTEM_TIME_TYPE time_out, RETURN_CODE_TYPE *status);
/// Another process does not run until it is resumed, whatever becomes of what it waits for meanwhile.
void SUSPEND(PROCESS_ID_TYPE process, RETURN_CODE_TYPE *status);
void RESUME(PROCESS_ID_TYPE process, RETURN_CODE_TYPE *status);

/// Nobody takes the processor from the caller, until it has unlocked as often as it has locked. It may not wait until
/// then.
void LOCK_PREEMPTION(LOCK_LEVEL_TYPE *level, RETURN_CODE_TYPE *status);
void UNLOCK_PREEMPTION(LOCK_LEVEL_TYPE *level, RETURN_CODE_TYPE *status);

/// There is one core, 0.
void INITIALIZE_PROCESS_CORE_AFFINITY(
    PROCESS_ID_TYPE process, PROCESSOR_CORE_ID_TYPE core, RETURN_CODE_TYPE *status);
void GET_MY_PROCESSOR_CORE_ID(PROCESSOR_CORE_ID_TYPE *core, RETURN_CODE_TYPE *status);
/// The caller's place among the partition's processes, from 0, in the order of creation.
void GET_MY_INDEX(PROCESS_INDEX_TYPE *index, RETURN_CODE_TYPE *status);

APEX_END

#endif

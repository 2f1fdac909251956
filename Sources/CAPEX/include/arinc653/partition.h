// Partition services (ARINC 653 Part 1, 3.2).
#ifndef ARINC653_PARTITION_H
#define ARINC653_PARTITION_H

#include <arinc653/types.h>

APEX_BEGIN

typedef enum { IDLE = 0, COLD_START = 1, WARM_START = 2, NORMAL = 3 } OPERATING_MODE_TYPE;
typedef enum {
  NORMAL_START = 0,
  PARTITION_RESTART = 1,
  HM_MODULE_RESTART = 2,
  HM_PARTITION_RESTART = 3
} START_CONDITION_TYPE;

#define MAX_NUMBER_OF_PARTITIONS SYSTEM_LIMIT_NUMBER_OF_PARTITIONS

typedef APEX_INTEGER PARTITION_ID_TYPE;
#define NULL_PARTITION_ID 0
#define MIN_LOCK_LEVEL 0
#define MAX_LOCK_LEVEL 16
typedef APEX_INTEGER LOCK_LEVEL_TYPE;

typedef struct {
  SYSTEM_TIME_TYPE PERIOD;
  SYSTEM_TIME_TYPE DURATION;
  PARTITION_ID_TYPE IDENTIFIER;
  LOCK_LEVEL_TYPE LOCK_LEVEL;
  OPERATING_MODE_TYPE OPERATING_MODE;
  START_CONDITION_TYPE START_CONDITION;
  NUM_CORES_TYPE NUM_ASSIGNED_CORES;
} PARTITION_STATUS_TYPE;

/// What the kernel knows of the partition, read without a kernel entry.
void GET_PARTITION_STATUS(PARTITION_STATUS_TYPE *partition_status, RETURN_CODE_TYPE *status);

/// Asks for another mode. With NORMAL the processes that `main` has created and started begin, and `main` is over: it
/// does not come back. Where no process has been created, `main` goes on as the partition's only flow; and the call
/// comes back where the request is refused.
void SET_PARTITION_MODE(OPERATING_MODE_TYPE mode, RETURN_CODE_TYPE *status);

APEX_END

#endif

// Module schedules (ARINC 653 Part 2).
#ifndef ARINC653_SCHEDULES_H
#define ARINC653_SCHEDULES_H

#include <arinc653/types.h>

APEX_BEGIN

typedef NAME_TYPE SCHEDULE_NAME_TYPE;
typedef APEX_INTEGER SCHEDULE_ID_TYPE;
#define NULL_SCHEDULE_ID 0
typedef struct {
  SYSTEM_TIME_TYPE TIME_OF_LAST_SCHEDULE_SWITCH;
  SCHEDULE_ID_TYPE CURRENT_SCHEDULE;
  SCHEDULE_ID_TYPE NEXT_SCHEDULE;
} SCHEDULE_STATUS_TYPE;

/// Asks for the module schedule that shall run from the next major frame on.
void SET_MODULE_SCHEDULE(SCHEDULE_ID_TYPE schedule, RETURN_CODE_TYPE *status);
void GET_MODULE_SCHEDULE_STATUS(SCHEDULE_STATUS_TYPE *schedule_status, RETURN_CODE_TYPE *status);
/// The identifier of the schedule that the module file gives this name; INVALID_CONFIG where it gives it to none.
void GET_MODULE_SCHEDULE_ID(SCHEDULE_NAME_TYPE name, SCHEDULE_ID_TYPE *schedule, RETURN_CODE_TYPE *status);

APEX_END

#endif

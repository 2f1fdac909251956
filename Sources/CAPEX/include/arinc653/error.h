// Error handling (ARINC 653 Part 1, 3.8): errors of process level go to the partition's error handler, in place of the
// health monitor's action.
//
// The handler takes the place of whatever runs, on a stack of its own, and is not interrupted by processes. It may stop
// and start processes, the failed one among them, but not wait. An error inside it is one of partition level.
#ifndef ARINC653_ERROR_H
#define ARINC653_ERROR_H

#include <arinc653/process.h>
#include <arinc653/types.h>

APEX_BEGIN

typedef enum {
  DEADLINE_MISSED = 0,
  APPLICATION_ERROR = 1,
  NUMERIC_ERROR = 2,
  ILLEGAL_REQUEST = 3,
  STACK_OVERFLOW = 4,
  MEMORY_VIOLATION = 5,
  HARDWARE_FAULT = 6,
  POWER_FAIL = 7
} ERROR_CODE_TYPE;
#define MAX_ERROR_MESSAGE_SIZE 128
typedef APEX_INTEGER ERROR_MESSAGE_SIZE_TYPE;
typedef APEX_BYTE ERROR_MESSAGE_TYPE[MAX_ERROR_MESSAGE_SIZE];
typedef enum { PROCESSES_PAUSE = 0, PROCESSES_SCHEDULED = 1 } ERROR_HANDLER_CONCURRENCY_CONTROL_TYPE;

typedef struct {
  /// Of a memory violation the address that was meant, else that of the instruction; null for DEADLINE_MISSED.
  SYSTEM_ADDRESS_TYPE FAILED_ADDRESS;
  PROCESS_ID_TYPE FAILED_PROCESS_ID;
  ERROR_CODE_TYPE ERROR_CODE;
  ERROR_MESSAGE_SIZE_TYPE LENGTH;
  ERROR_MESSAGE_TYPE MESSAGE;
} ERROR_STATUS_TYPE;

/// Writes a message to the partition's console, as a line of its own.
void REPORT_APPLICATION_MESSAGE(MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE size, RETURN_CODE_TYPE *status);

/// Before the partition is in NORMAL mode, once. The handler ends by returning or by STOP_SELF; the failed process then
/// goes on, unless the handler has stopped it: where it failed by a CPU exception, with the same instruction.
void CREATE_ERROR_HANDLER(SYSTEM_ADDRESS_TYPE entry, STACK_SIZE_TYPE stack_size, RETURN_CODE_TYPE *status);

/// The error that the handler runs for. INVALID_CONFIG outside the handler, NO_ACTION where it was read before.
void GET_ERROR_STATUS(ERROR_STATUS_TYPE *error_status, RETURN_CODE_TYPE *status);

/// Gives an APPLICATION_ERROR to the health monitor. The error handler gets a copy of the message; callback and log get
/// its address.
void RAISE_APPLICATION_ERROR(
    ERROR_CODE_TYPE code, MESSAGE_ADDR_TYPE message, ERROR_MESSAGE_SIZE_TYPE length, RETURN_CODE_TYPE *status);

/// Whether processes run on other cores meanwhile: there is one core, so both mean the same.
void CONFIGURE_ERROR_HANDLER(
    ERROR_HANDLER_CONCURRENCY_CONTROL_TYPE concurrency, PROCESSOR_CORE_ID_TYPE core, RETURN_CODE_TYPE *status);

APEX_END

#endif

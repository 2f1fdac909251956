// The error handler of a partition in C: errors of process level go to it, in place of the health monitor's action.
//
// It takes the place of whatever runs, on a stack of its own, and is not interrupted by processes. It may stop and
// start processes, the failed one among them, but not wait. An error inside it is one of partition level.
#ifndef PARTITA_ERROR_H
#define PARTITA_ERROR_H

#include "partita_process.h"

typedef struct {
  /// Of a memory violation the address that was meant, else that of the instruction.
  SYSTEM_ADDRESS_TYPE FAILED_ADDRESS;
  PROCESS_ID_TYPE FAILED_PROCESS_ID;
  ERROR_CODE_TYPE ERROR_CODE;
  ERROR_MESSAGE_SIZE_TYPE LENGTH;
  APEX_BYTE MESSAGE[MAX_ERROR_MESSAGE_SIZE];
} ERROR_STATUS_TYPE;

/// Before the partition is in NORMAL mode, once. The handler ends by returning or by STOP_SELF; the failed process then
/// goes on, unless the handler has stopped it: where it failed by a CPU exception, with the same instruction.
void CREATE_ERROR_HANDLER(SYSTEM_ADDRESS_TYPE entry, STACK_SIZE_TYPE stack_size, RETURN_CODE_TYPE *status);

/// The error that the handler runs for. INVALID_CONFIG outside the handler, NO_ACTION where it was read before.
void GET_ERROR_STATUS(ERROR_STATUS_TYPE *error_status, RETURN_CODE_TYPE *status);

#endif

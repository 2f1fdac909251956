// Buffers (ARINC 653 Part 1, 3.7.2.1): queues of messages between processes of one partition.
#ifndef ARINC653_BUFFER_H
#define ARINC653_BUFFER_H

#include <arinc653/process.h>
#include <arinc653/types.h>

APEX_BEGIN

#define MAX_NUMBER_OF_BUFFERS SYSTEM_LIMIT_NUMBER_OF_BUFFERS

typedef NAME_TYPE BUFFER_NAME_TYPE;
typedef APEX_INTEGER BUFFER_ID_TYPE;
#define NULL_BUFFER_ID 0

typedef struct {
  MESSAGE_RANGE_TYPE NB_MESSAGE;
  MESSAGE_RANGE_TYPE MAX_NB_MESSAGE;
  MESSAGE_SIZE_TYPE MAX_MESSAGE_SIZE;
  /// To send or to receive.
  WAITING_RANGE_TYPE WAITING_PROCESSES;
} BUFFER_STATUS_TYPE;

/// Before the partition is in NORMAL mode. INVALID_CONFIG where the room of all buffers and blackboards together,
/// PARTITA_MESSAGE_POOL_BYTES (partita_process.h), does not suffice.
void CREATE_BUFFER(
    BUFFER_NAME_TYPE name, MESSAGE_SIZE_TYPE maximum_size, MESSAGE_RANGE_TYPE maximum_count,
    QUEUING_DISCIPLINE_TYPE discipline, BUFFER_ID_TYPE *buffer, RETURN_CODE_TYPE *status);
/// Waits while the buffer is full.
void SEND_BUFFER(
    BUFFER_ID_TYPE buffer, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE size, SYSTEM_TIME_TYPE time_out,
    RETURN_CODE_TYPE *status);
/// Takes the oldest message; waits while there is none. The memory must hold the greatest size of the buffer.
void RECEIVE_BUFFER(
    BUFFER_ID_TYPE buffer, SYSTEM_TIME_TYPE time_out, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE *size,
    RETURN_CODE_TYPE *status);
void GET_BUFFER_ID(BUFFER_NAME_TYPE name, BUFFER_ID_TYPE *buffer, RETURN_CODE_TYPE *status);
void GET_BUFFER_STATUS(BUFFER_ID_TYPE buffer, BUFFER_STATUS_TYPE *buffer_status, RETURN_CODE_TYPE *status);

APEX_END

#endif

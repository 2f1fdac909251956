// Queuing ports (ARINC 653 Part 1, 3.6.2.2).
#ifndef ARINC653_QUEUEING_H
#define ARINC653_QUEUEING_H

#include <arinc653/types.h>

APEX_BEGIN

#define MAX_NUMBER_OF_QUEUING_PORTS SYSTEM_LIMIT_NUMBER_OF_QUEUING_PORTS

typedef NAME_TYPE QUEUING_PORT_NAME_TYPE;
typedef APEX_INTEGER QUEUING_PORT_ID_TYPE;
#define NULL_QUEUING_PORT_ID 0

typedef struct {
  MESSAGE_RANGE_TYPE NB_MESSAGE;
  MESSAGE_RANGE_TYPE MAX_NB_MESSAGE;
  MESSAGE_SIZE_TYPE MAX_MESSAGE_SIZE;
  PORT_DIRECTION_TYPE PORT_DIRECTION;
  WAITING_RANGE_TYPE WAITING_PROCESSES;
} QUEUING_PORT_STATUS_TYPE;

/// Creates the partition's end of a configured queuing port, before the partition is in NORMAL mode.
void CREATE_QUEUING_PORT(
    QUEUING_PORT_NAME_TYPE name, MESSAGE_SIZE_TYPE maximum_size, MESSAGE_RANGE_TYPE maximum_count,
    PORT_DIRECTION_TYPE direction, QUEUING_DISCIPLINE_TYPE discipline, QUEUING_PORT_ID_TYPE *port,
    RETURN_CODE_TYPE *status);

/// Sends a message to every destination; waits while one of them is full and does not discard. INVALID_CONFIG: it is
/// longer than the port's messages.
void SEND_QUEUING_MESSAGE(
    QUEUING_PORT_ID_TYPE port, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE size, SYSTEM_TIME_TYPE time_out,
    RETURN_CODE_TYPE *status);

/// Takes the oldest message. INVALID_CONFIG: here it is, and others were discarded before, for the port was full. The
/// standard passes no capacity: the buffer must hold the size given in creating the port.
void RECEIVE_QUEUING_MESSAGE(
    QUEUING_PORT_ID_TYPE port, SYSTEM_TIME_TYPE time_out, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE *size,
    RETURN_CODE_TYPE *status);

void GET_QUEUING_PORT_ID(QUEUING_PORT_NAME_TYPE name, QUEUING_PORT_ID_TYPE *port, RETURN_CODE_TYPE *status);
void GET_QUEUING_PORT_STATUS(
    QUEUING_PORT_ID_TYPE port, QUEUING_PORT_STATUS_TYPE *port_status, RETURN_CODE_TYPE *status);

/// Discards all that waits in a destination port.
void CLEAR_QUEUING_PORT(QUEUING_PORT_ID_TYPE port, RETURN_CODE_TYPE *status);

APEX_END

#endif

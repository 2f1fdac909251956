// Sampling ports (ARINC 653 Part 1, 3.6.2.1).
#ifndef ARINC653_SAMPLING_H
#define ARINC653_SAMPLING_H

#include <arinc653/types.h>

typedef NAME_TYPE SAMPLING_PORT_NAME_TYPE;
typedef APEX_INTEGER SAMPLING_PORT_ID_TYPE;
typedef enum { INVALID = 0, VALID = 1 } VALIDITY_TYPE;

typedef struct {
  SYSTEM_TIME_TYPE REFRESH_PERIOD;
  MESSAGE_SIZE_TYPE MAX_MESSAGE_SIZE;
  PORT_DIRECTION_TYPE PORT_DIRECTION;
  /// Of the message that was read last.
  VALIDITY_TYPE LAST_MSG_VALIDITY;
} SAMPLING_PORT_STATUS_TYPE;

/// Creates the partition's end of a configured sampling port, before the partition is in NORMAL mode.
void CREATE_SAMPLING_PORT(
    SAMPLING_PORT_NAME_TYPE name, MESSAGE_SIZE_TYPE maximum_size, PORT_DIRECTION_TYPE direction,
    SYSTEM_TIME_TYPE refresh_period, SAMPLING_PORT_ID_TYPE *port, RETURN_CODE_TYPE *status);

/// Replaces the port's message.
void WRITE_SAMPLING_MESSAGE(
    SAMPLING_PORT_ID_TYPE port, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE size, RETURN_CODE_TYPE *status);

/// Copies the latest message. The standard passes no capacity: the buffer must hold the size given in creating the
/// port.
void READ_SAMPLING_MESSAGE(
    SAMPLING_PORT_ID_TYPE port, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE *size, VALIDITY_TYPE *validity,
    RETURN_CODE_TYPE *status);

void GET_SAMPLING_PORT_ID(SAMPLING_PORT_NAME_TYPE name, SAMPLING_PORT_ID_TYPE *port, RETURN_CODE_TYPE *status);
void GET_SAMPLING_PORT_STATUS(
    SAMPLING_PORT_ID_TYPE port, SAMPLING_PORT_STATUS_TYPE *port_status, RETURN_CODE_TYPE *status);

#endif

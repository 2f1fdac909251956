// Sampling ports (ARINC 653 Part 1, 3.6.2.1, and the extensions of Part 2).
#ifndef ARINC653_SAMPLING_H
#define ARINC653_SAMPLING_H

#include <arinc653/types.h>

APEX_BEGIN

#define MAX_NUMBER_OF_SAMPLING_PORTS SYSTEM_LIMIT_NUMBER_OF_SAMPLING_PORTS

typedef NAME_TYPE SAMPLING_PORT_NAME_TYPE;
typedef APEX_INTEGER SAMPLING_PORT_ID_TYPE;
#define NULL_SAMPLING_PORT_ID 0
typedef enum { INVALID = 0, VALID = 1 } VALIDITY_TYPE;

typedef struct {
  SYSTEM_TIME_TYPE REFRESH_PERIOD;
  MESSAGE_SIZE_TYPE MAX_MESSAGE_SIZE;
  PORT_DIRECTION_TYPE PORT_DIRECTION;
  /// Of the message that was read last.
  VALIDITY_TYPE LAST_MSG_VALIDITY;
} SAMPLING_PORT_STATUS_TYPE;

/// What a port has for its partition.
typedef enum { EMPTY_PORT = 0, CONSUMED_MESSAGE = 1, NEW_MESSAGE = 2 } UPDATED_TYPE;
/// Whether a message is older than the refresh period.
typedef enum { STALE = 0, FRESH = 1 } AGE_TYPE;

typedef struct {
  SYSTEM_TIME_TYPE REFRESH_PERIOD;
  /// When the port's message was written; 0 for none.
  SYSTEM_TIME_TYPE TIME_STAMP;
  MESSAGE_SIZE_TYPE MAX_MESSAGE_SIZE;
  PORT_DIRECTION_TYPE PORT_DIRECTION;
  AGE_TYPE MESSAGE_AGE;
  UPDATED_TYPE UPDATED;
} SAMPLING_PORT_CURRENT_STATUS_TYPE;

/// Creates the partition's end of a configured sampling port, before the partition is in NORMAL mode.
void CREATE_SAMPLING_PORT(
    SAMPLING_PORT_NAME_TYPE name, MESSAGE_SIZE_TYPE maximum_size, PORT_DIRECTION_TYPE direction,
    SYSTEM_TIME_TYPE refresh_period, SAMPLING_PORT_ID_TYPE *port, RETURN_CODE_TYPE *status);

/// Replaces the port's message. INVALID_CONFIG: it is longer than the port's messages.
void WRITE_SAMPLING_MESSAGE(
    SAMPLING_PORT_ID_TYPE port, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE size, RETURN_CODE_TYPE *status);

/// Copies the latest message. The standard passes no capacity: the buffer must hold the size given in creating the
/// port.
void READ_SAMPLING_MESSAGE(
    SAMPLING_PORT_ID_TYPE port, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE *size, VALIDITY_TYPE *validity,
    RETURN_CODE_TYPE *status);

/// Copies the latest message if the partition has not read it yet; else NO_ACTION, and the size is 0.
void READ_UPDATED_SAMPLING_MESSAGE(
    SAMPLING_PORT_ID_TYPE port, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE *size, UPDATED_TYPE *updated,
    RETURN_CODE_TYPE *status);
/// Copies the latest message if it was written after `reference`; else NO_ACTION, and the size is 0. The time stamp is
/// the latest message's, 0 where there is none.
void READ_SAMPLING_MESSAGE_CONDITIONAL(
    SAMPLING_PORT_ID_TYPE port, SYSTEM_TIME_TYPE reference, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE *size,
    SYSTEM_TIME_TYPE *time_stamp, RETURN_CODE_TYPE *status);

void GET_SAMPLING_PORT_ID(SAMPLING_PORT_NAME_TYPE name, SAMPLING_PORT_ID_TYPE *port, RETURN_CODE_TYPE *status);
void GET_SAMPLING_PORT_STATUS(
    SAMPLING_PORT_ID_TYPE port, SAMPLING_PORT_STATUS_TYPE *port_status, RETURN_CODE_TYPE *status);
/// What the port has now, a message not read yet included. A source port has none for its partition.
void GET_SAMPLING_PORT_CURRENT_STATUS(
    SAMPLING_PORT_ID_TYPE port, SAMPLING_PORT_CURRENT_STATUS_TYPE *port_status, RETURN_CODE_TYPE *status);

APEX_END

#endif

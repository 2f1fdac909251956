#include <arinc653/sampling.h>

#include "partita.h"
#include "partita_names.h"

enum { maximum_port_count = 128 };

/// What was said in creating each port; index: identifier, from 1. The standard passes no capacity in a read: the
/// buffer must hold the size that the port was created with.
///
/// Every partition has room for as many ports as there can be, so each takes no more than it must.
static struct __attribute__((packed, aligned(4))) {
  NAME_TYPE name;
  SYSTEM_TIME_TYPE refresh_period;
  /// Messages that were written until then have been read.
  SYSTEM_TIME_TYPE consumed_until;
  uint32_t maximum_size : 24;
  /// A PORT_DIRECTION_TYPE, and a VALIDITY_TYPE.
  uint32_t direction : 1, last_validity : 1;
  uint32_t is_created : 1;
} ports[maximum_port_count + 1];

static bool is_port(SAMPLING_PORT_ID_TYPE port) {
  return port > 0 && port <= maximum_port_count && ports[port].is_created;
}

/// The created port of this name; NULL_SAMPLING_PORT_ID for none.
static SAMPLING_PORT_ID_TYPE port_named(const char *name) {
  for (SAMPLING_PORT_ID_TYPE i = 1; i <= maximum_port_count; i++) {
    if (ports[i].is_created && partita_is_name(ports[i].name, name)) return i;
  }
  return NULL_SAMPLING_PORT_ID;
}

void CREATE_SAMPLING_PORT(
    SAMPLING_PORT_NAME_TYPE name, MESSAGE_SIZE_TYPE maximum_size, PORT_DIRECTION_TYPE direction,
    SYSTEM_TIME_TYPE refresh_period, SAMPLING_PORT_ID_TYPE *port, RETURN_CODE_TYPE *status) {
  NAME_TYPE padded;
  partita_copy_name(padded, name);
  struct partita_answer answer = partita_hypercall4(
      PARTITA_CREATE_SAMPLING_PORT, (uint64_t)(uintptr_t)padded, (uint64_t)(int64_t)maximum_size, (uint64_t)direction,
      (uint64_t)refresh_period);
  *status = (RETURN_CODE_TYPE)answer.status;
  // The standard asks first whether there is such a port already, the kernel last.
  if (*status == INVALID_CONFIG && port_named(padded) != NULL_SAMPLING_PORT_ID) *status = NO_ACTION;
  if (*status != NO_ERROR) return;
  *port = (SAMPLING_PORT_ID_TYPE)answer.value;
  if (answer.value > maximum_port_count) return;
  partita_copy_name(ports[answer.value].name, padded);
  ports[answer.value].maximum_size = (uint32_t)maximum_size & 0xFFFFFF;
  ports[answer.value].direction = direction == DESTINATION;
  ports[answer.value].refresh_period = refresh_period;
  ports[answer.value].is_created = true;
}

void WRITE_SAMPLING_MESSAGE(
    SAMPLING_PORT_ID_TYPE port, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE size, RETURN_CODE_TYPE *status) {
  // The standard tells what is longer than the port's messages from what no port takes, and asks for both before the
  // direction; the kernel does not.
  if (is_port(port) && (size <= 0 || size > (MESSAGE_SIZE_TYPE)ports[port].maximum_size)) {
    *status = size <= 0 ? INVALID_PARAM : INVALID_CONFIG;
    return;
  }
  *status = (RETURN_CODE_TYPE)partita_hypercall3(
                PARTITA_WRITE_SAMPLING_MESSAGE, (uint64_t)port, (uint64_t)(uintptr_t)message, (uint64_t)(int64_t)size)
                .status;
}

RETURN_CODE_TYPE partita_read_sampling_message(
    SAMPLING_PORT_ID_TYPE port, void *buffer, size_t capacity, size_t *size, VALIDITY_TYPE *validity) {
  const SYSTEM_TIME_TYPE before = partita_now();
  struct partita_answer answer =
      partita_hypercall3(PARTITA_READ_SAMPLING_MESSAGE, (uint64_t)port, (uint64_t)(uintptr_t)buffer, capacity);
  *size = answer.status == NO_ERROR ? (uint32_t)answer.value : 0;
  *validity = answer.status == NO_ERROR && (answer.value >> 32 & 1) != 0 ? VALID : INVALID;
  if (answer.status == NO_ERROR && is_port(port)) {
    ports[port].last_validity = *validity == VALID;
    // One that comes between this reading of the clock and the call is read, and called new once more.
    ports[port].consumed_until = before;
  }
  return (RETURN_CODE_TYPE)answer.status;
}

/// Reads a message of the size that the port was created with, at most.
static RETURN_CODE_TYPE read(
    SAMPLING_PORT_ID_TYPE port, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE *size, VALIDITY_TYPE *validity) {
  const size_t capacity = is_port(port) ? (size_t)ports[port].maximum_size : 0;
  size_t read = 0;
  RETURN_CODE_TYPE status = partita_read_sampling_message(port, message, capacity, &read, validity);
  *size = (MESSAGE_SIZE_TYPE)read;
  return status;
}

void READ_SAMPLING_MESSAGE(
    SAMPLING_PORT_ID_TYPE port, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE *size, VALIDITY_TYPE *validity,
    RETURN_CODE_TYPE *status) {
  *status = read(port, message, size, validity);
}

/// When the message was written that a read gets; 0 where there is none.
static RETURN_CODE_TYPE read_time(SAMPLING_PORT_ID_TYPE port, SYSTEM_TIME_TYPE *time) {
  struct partita_answer answer = partita_hypercall1(PARTITA_READ_SAMPLING_TIME, (uint64_t)port);
  *time = answer.status == NO_ERROR ? (SYSTEM_TIME_TYPE)answer.value : 0;
  return (RETURN_CODE_TYPE)answer.status;
}

static UPDATED_TYPE updated_by(SAMPLING_PORT_ID_TYPE port, SYSTEM_TIME_TYPE time) {
  if (time == 0 || !is_port(port)) return EMPTY_PORT;
  return time > ports[port].consumed_until ? NEW_MESSAGE : CONSUMED_MESSAGE;
}

void READ_UPDATED_SAMPLING_MESSAGE(
    SAMPLING_PORT_ID_TYPE port, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE *size, UPDATED_TYPE *updated,
    RETURN_CODE_TYPE *status) {
  SYSTEM_TIME_TYPE time;
  VALIDITY_TYPE validity;
  *size = 0;
  *status = read_time(port, &time);
  *updated = updated_by(port, time);
  if (*status != NO_ERROR) return;
  *status = *updated == NEW_MESSAGE ? read(port, message, size, &validity) : NO_ACTION;
}

void READ_SAMPLING_MESSAGE_CONDITIONAL(
    SAMPLING_PORT_ID_TYPE port, SYSTEM_TIME_TYPE reference, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE *size,
    SYSTEM_TIME_TYPE *time_stamp, RETURN_CODE_TYPE *status) {
  VALIDITY_TYPE validity;
  SYSTEM_TIME_TYPE before;
  *size = 0;
  *status = read_time(port, time_stamp);
  // Another partition may write between two calls: only an instant that is the same before and after the message is
  // the message's own.
  do {
    before = *time_stamp;
    if (*status == NO_ERROR) *status = before > reference ? read(port, message, size, &validity) : NO_ACTION;
    if (*status == NO_ERROR) *status = read_time(port, time_stamp);
  } while (*status == NO_ERROR && *time_stamp != before);
}

void GET_SAMPLING_PORT_ID(SAMPLING_PORT_NAME_TYPE name, SAMPLING_PORT_ID_TYPE *port, RETURN_CODE_TYPE *status) {
  const SAMPLING_PORT_ID_TYPE found = port_named(name);
  *status = found == NULL_SAMPLING_PORT_ID ? INVALID_CONFIG : NO_ERROR;
  if (*status == NO_ERROR) *port = found;
}

void GET_SAMPLING_PORT_STATUS(
    SAMPLING_PORT_ID_TYPE port, SAMPLING_PORT_STATUS_TYPE *port_status, RETURN_CODE_TYPE *status) {
  *status = is_port(port) ? NO_ERROR : INVALID_PARAM;
  if (*status != NO_ERROR) return;
  *port_status = (SAMPLING_PORT_STATUS_TYPE){
      .REFRESH_PERIOD = ports[port].refresh_period,
      .MAX_MESSAGE_SIZE = (MESSAGE_SIZE_TYPE)ports[port].maximum_size,
      .PORT_DIRECTION = (PORT_DIRECTION_TYPE)ports[port].direction,
      .LAST_MSG_VALIDITY = (VALIDITY_TYPE)ports[port].last_validity};
}

void GET_SAMPLING_PORT_CURRENT_STATUS(
    SAMPLING_PORT_ID_TYPE port, SAMPLING_PORT_CURRENT_STATUS_TYPE *port_status, RETURN_CODE_TYPE *status) {
  *status = is_port(port) ? NO_ERROR : INVALID_PARAM;
  if (*status != NO_ERROR) return;
  SYSTEM_TIME_TYPE time;
  read_time(port, &time);
  const bool is_fresh = time != 0 && partita_now() - time <= ports[port].refresh_period;
  *port_status = (SAMPLING_PORT_CURRENT_STATUS_TYPE){
      .REFRESH_PERIOD = ports[port].refresh_period,
      .TIME_STAMP = time,
      .MAX_MESSAGE_SIZE = (MESSAGE_SIZE_TYPE)ports[port].maximum_size,
      .PORT_DIRECTION = (PORT_DIRECTION_TYPE)ports[port].direction,
      .MESSAGE_AGE = is_fresh ? FRESH : STALE,
      .UPDATED = updated_by(port, time)};
}

#include <arinc653/sampling.h>

#include "partita.h"
#include "partita_names.h"

enum { maximum_port_count = 128 };

/// What was said in creating each port; index: identifier, from 1. The standard passes no capacity in a read: the
/// buffer must hold the size that the port was created with.
static struct {
  NAME_TYPE name;
  SYSTEM_TIME_TYPE refresh_period;
  MESSAGE_SIZE_TYPE maximum_size;
  /// A PORT_DIRECTION_TYPE, and a VALIDITY_TYPE: every partition has room for as many ports as there can be.
  uint8_t direction, last_validity;
  bool is_created;
} ports[maximum_port_count + 1];

static bool is_port(SAMPLING_PORT_ID_TYPE port) {
  return port > 0 && port <= maximum_port_count && ports[port].is_created;
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
  if (answer.status != NO_ERROR) return;
  *port = (SAMPLING_PORT_ID_TYPE)answer.value;
  if (answer.value > maximum_port_count) return;
  partita_copy_name(ports[answer.value].name, padded);
  ports[answer.value].maximum_size = maximum_size;
  ports[answer.value].direction = (uint8_t)direction;
  ports[answer.value].refresh_period = refresh_period;
  ports[answer.value].is_created = true;
}

void WRITE_SAMPLING_MESSAGE(
    SAMPLING_PORT_ID_TYPE port, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE size, RETURN_CODE_TYPE *status) {
  *status = (RETURN_CODE_TYPE)partita_hypercall3(
                PARTITA_WRITE_SAMPLING_MESSAGE, (uint64_t)port, (uint64_t)(uintptr_t)message, (uint64_t)(int64_t)size)
                .status;
}

RETURN_CODE_TYPE partita_read_sampling_message(
    SAMPLING_PORT_ID_TYPE port, void *buffer, size_t capacity, size_t *size, VALIDITY_TYPE *validity) {
  struct partita_answer answer =
      partita_hypercall3(PARTITA_READ_SAMPLING_MESSAGE, (uint64_t)port, (uint64_t)(uintptr_t)buffer, capacity);
  *size = answer.status == NO_ERROR ? (uint32_t)answer.value : 0;
  *validity = answer.status == NO_ERROR && (answer.value >> 32 & 1) != 0 ? VALID : INVALID;
  if (answer.status == NO_ERROR && is_port(port)) ports[port].last_validity = (uint8_t)*validity;
  return (RETURN_CODE_TYPE)answer.status;
}

void READ_SAMPLING_MESSAGE(
    SAMPLING_PORT_ID_TYPE port, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE *size, VALIDITY_TYPE *validity,
    RETURN_CODE_TYPE *status) {
  size_t capacity = is_port(port) ? (size_t)ports[port].maximum_size : 0;
  size_t read = 0;
  *status = partita_read_sampling_message(port, message, capacity, &read, validity);
  *size = (MESSAGE_SIZE_TYPE)read;
}

void GET_SAMPLING_PORT_ID(SAMPLING_PORT_NAME_TYPE name, SAMPLING_PORT_ID_TYPE *port, RETURN_CODE_TYPE *status) {
  *status = INVALID_CONFIG;
  for (int i = 1; i <= maximum_port_count; i++) {
    if (!ports[i].is_created || !partita_is_name(ports[i].name, name)) continue;
    *port = i;
    *status = NO_ERROR;
  }
}

void GET_SAMPLING_PORT_STATUS(
    SAMPLING_PORT_ID_TYPE port, SAMPLING_PORT_STATUS_TYPE *port_status, RETURN_CODE_TYPE *status) {
  *status = is_port(port) ? NO_ERROR : INVALID_PARAM;
  if (*status != NO_ERROR) return;
  *port_status = (SAMPLING_PORT_STATUS_TYPE){
      .REFRESH_PERIOD = ports[port].refresh_period, .MAX_MESSAGE_SIZE = ports[port].maximum_size,
      .PORT_DIRECTION = (PORT_DIRECTION_TYPE)ports[port].direction,
      .LAST_MSG_VALIDITY = (VALIDITY_TYPE)ports[port].last_validity};
}

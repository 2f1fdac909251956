#include "partita_name.h"

enum { maximum_port_count = 128 };

/// The standard passes no capacity in a read: the buffer must hold the size that the port was created with. Index:
/// identifier.
static MESSAGE_SIZE_TYPE maximum_sizes[maximum_port_count + 1];

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
  if (answer.value <= maximum_port_count) maximum_sizes[answer.value] = maximum_size;
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
  return (RETURN_CODE_TYPE)answer.status;
}

void READ_SAMPLING_MESSAGE(
    SAMPLING_PORT_ID_TYPE port, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE *size, VALIDITY_TYPE *validity,
    RETURN_CODE_TYPE *status) {
  size_t capacity = port > 0 && port <= maximum_port_count ? (size_t)maximum_sizes[port] : 0;
  size_t read = 0;
  *status = partita_read_sampling_message(port, message, capacity, &read, validity);
  *size = (MESSAGE_SIZE_TYPE)read;
}

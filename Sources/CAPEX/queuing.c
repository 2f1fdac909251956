#include "partita_queuing.h"

#include <stdbool.h>

enum { maximum_port_count = 128 };

/// What was said in creating each port; index: identifier, from 1.
static struct {
  NAME_TYPE name;
  MESSAGE_SIZE_TYPE maximum_size;
  MESSAGE_RANGE_TYPE maximum_count;
  PORT_DIRECTION_TYPE direction;
  bool is_created;
} ports[maximum_port_count + 1];

static void copy_name(NAME_TYPE to, const char *from) {
  size_t i = 0;
  for (; i < MAX_NAME_LENGTH && from[i] != 0; i++) to[i] = from[i];
  for (; i < MAX_NAME_LENGTH; i++) to[i] = 0;
}

static bool is_port(QUEUING_PORT_ID_TYPE port) {
  return port > 0 && port <= maximum_port_count && ports[port].is_created;
}

void CREATE_QUEUING_PORT(
    QUEUING_PORT_NAME_TYPE name, MESSAGE_SIZE_TYPE maximum_size, MESSAGE_RANGE_TYPE maximum_count,
    PORT_DIRECTION_TYPE direction, QUEUING_DISCIPLINE_TYPE discipline, QUEUING_PORT_ID_TYPE *port,
    RETURN_CODE_TYPE *status) {
  // A literal may be shorter than a name; the kernel reads whole names.
  NAME_TYPE padded;
  copy_name(padded, name);
  struct partita_answer answer = partita_hypercall4(
      PARTITA_CREATE_QUEUING_PORT, (uint64_t)(uintptr_t)padded, (uint64_t)(int64_t)maximum_size,
      (uint64_t)(int64_t)maximum_count, (uint64_t)direction | (uint64_t)discipline << 8);
  *status = (RETURN_CODE_TYPE)answer.status;
  if (answer.status != NO_ERROR || answer.value > maximum_port_count) return;
  *port = (QUEUING_PORT_ID_TYPE)answer.value;
  copy_name(ports[answer.value].name, padded);
  ports[answer.value].maximum_size = maximum_size;
  ports[answer.value].maximum_count = maximum_count;
  ports[answer.value].direction = direction;
  ports[answer.value].is_created = true;
}

/// Tries a call in this window and, while it is not available, in the next ones until the time-out has passed.
static struct partita_answer call_waiting(
    uint64_t number, QUEUING_PORT_ID_TYPE port, const void *address, uint64_t size, SYSTEM_TIME_TYPE time_out) {
  SYSTEM_TIME_TYPE deadline = 0;
  bool is_waiting = false;
  while (1) {
    struct partita_answer answer =
        partita_hypercall3(number, (uint64_t)(int64_t)port, (uint64_t)(uintptr_t)address, size);
    if (answer.status != NOT_AVAILABLE || time_out == 0) return answer;
    SYSTEM_TIME_TYPE now = partita_now();
    if (!is_waiting) {
      is_waiting = true;
      deadline = time_out < 0 || time_out > INT64_MAX - now ? INT64_MAX : now + time_out;
    }
    if (now >= deadline) return (struct partita_answer){.status = TIMED_OUT};
    partita_yield();
  }
}

void SEND_QUEUING_MESSAGE(
    QUEUING_PORT_ID_TYPE port, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE size, SYSTEM_TIME_TYPE time_out,
    RETURN_CODE_TYPE *status) {
  if (time_out < INFINITE_TIME_VALUE) {
    *status = INVALID_PARAM;
    return;
  }
  *status = (RETURN_CODE_TYPE)call_waiting(
                PARTITA_SEND_QUEUING_MESSAGE, port, message, (uint64_t)(int64_t)size, time_out)
                .status;
}

void RECEIVE_QUEUING_MESSAGE(
    QUEUING_PORT_ID_TYPE port, SYSTEM_TIME_TYPE time_out, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE *size,
    RETURN_CODE_TYPE *status) {
  *size = 0;
  if (time_out < INFINITE_TIME_VALUE || !is_port(port)) {
    *status = INVALID_PARAM;
    return;
  }
  struct partita_answer answer =
      call_waiting(PARTITA_RECEIVE_QUEUING_MESSAGE, port, message, (uint64_t)ports[port].maximum_size, time_out);
  *status = (RETURN_CODE_TYPE)answer.status;
  if (answer.status != NO_ERROR) return;
  *size = (MESSAGE_SIZE_TYPE)(uint32_t)answer.value;
  if ((answer.value >> 32 & 1) != 0) *status = INVALID_CONFIG;
}

void GET_QUEUING_PORT_ID(QUEUING_PORT_NAME_TYPE name, QUEUING_PORT_ID_TYPE *port, RETURN_CODE_TYPE *status) {
  NAME_TYPE padded;
  copy_name(padded, name);
  *status = INVALID_CONFIG;
  for (int i = 1; i <= maximum_port_count; i++) {
    if (!ports[i].is_created) continue;
    size_t k = 0;
    while (k < MAX_NAME_LENGTH && ports[i].name[k] == padded[k]) k++;
    if (k < MAX_NAME_LENGTH) continue;
    *port = i;
    *status = NO_ERROR;
  }
}

void GET_QUEUING_PORT_STATUS(
    QUEUING_PORT_ID_TYPE port, QUEUING_PORT_STATUS_TYPE *port_status, RETURN_CODE_TYPE *status) {
  struct partita_answer answer = partita_hypercall1(PARTITA_READ_QUEUING_STATUS, (uint64_t)(int64_t)port);
  *status = (RETURN_CODE_TYPE)answer.status;
  if (answer.status != NO_ERROR || !is_port(port)) return;
  port_status->NB_MESSAGE = (MESSAGE_RANGE_TYPE)answer.value;
  port_status->MAX_NB_MESSAGE = ports[port].maximum_count;
  port_status->MAX_MESSAGE_SIZE = ports[port].maximum_size;
  port_status->PORT_DIRECTION = ports[port].direction;
  port_status->WAITING_PROCESSES = 0;
}

void CLEAR_QUEUING_PORT(QUEUING_PORT_ID_TYPE port, RETURN_CODE_TYPE *status) {
  *status = (RETURN_CODE_TYPE)partita_hypercall1(PARTITA_CLEAR_QUEUING_PORT, (uint64_t)(int64_t)port).status;
}

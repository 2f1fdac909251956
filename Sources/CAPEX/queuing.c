#include "partita_queuing.h"

#include <stdbool.h>

#include "partita_name.h"
#include "partita_process_state.h"
#include "partita_waiting.h"
#include "partita_waiting_services.h"

enum { maximum_port_count = 128 };

/// What was said in creating each port; index: identifier, from 1.
static struct {
  NAME_TYPE name;
  MESSAGE_SIZE_TYPE maximum_size;
  MESSAGE_RANGE_TYPE maximum_count;
  PORT_DIRECTION_TYPE direction;
  bool is_created;
  /// Processes that wait to send or to receive here.
  struct partita_waiting_queue waiting;
} ports[maximum_port_count + 1];

/// A call of the kernel that a waiting process wants to succeed.
struct request {
  uint64_t number, port, address, size;
  struct partita_answer answer;
};

/// What each waiting process waits for; index: process.
static struct request *requests[partita_waiting_capacity + 1];

static bool is_port(QUEUING_PORT_ID_TYPE port) {
  return port > 0 && port <= maximum_port_count && ports[port].is_created;
}

void CREATE_QUEUING_PORT(
    QUEUING_PORT_NAME_TYPE name, MESSAGE_SIZE_TYPE maximum_size, MESSAGE_RANGE_TYPE maximum_count,
    PORT_DIRECTION_TYPE direction, QUEUING_DISCIPLINE_TYPE discipline, QUEUING_PORT_ID_TYPE *port,
    RETURN_CODE_TYPE *status) {
  NAME_TYPE padded;
  partita_copy_name(padded, name);
  struct partita_answer answer = partita_hypercall4(
      PARTITA_CREATE_QUEUING_PORT, (uint64_t)(uintptr_t)padded, (uint64_t)(int64_t)maximum_size,
      (uint64_t)(int64_t)maximum_count, (uint64_t)direction | (uint64_t)discipline << 8);
  *status = (RETURN_CODE_TYPE)answer.status;
  if (answer.status != NO_ERROR || answer.value > maximum_port_count) return;
  *port = (QUEUING_PORT_ID_TYPE)answer.value;
  partita_copy_name(ports[answer.value].name, padded);
  ports[answer.value].maximum_size = maximum_size;
  ports[answer.value].maximum_count = maximum_count;
  ports[answer.value].direction = direction;
  ports[answer.value].is_created = true;
  ports[answer.value].waiting.by_priority = discipline == PRIORITY;
}

static void try_request(struct request *request) {
  request->answer = partita_hypercall3(request->number, request->port, request->address, request->size);
}

void partita_serve_waiting_processes(void) {
  for (int port = 1; port <= maximum_port_count; port++) {
    if (!ports[port].is_created) continue;
    PROCESS_ID_TYPE process;
    while ((process = partita_waiting_first(&ports[port].waiting)) >= 0) {
      try_request(requests[process]);
      if (requests[process]->answer.status == NOT_AVAILABLE) break;
      partita_waiting_remove(&ports[port].waiting, process);
      partita_process_wake(process);
    }
  }
}

void partita_forget_waiting_process(PROCESS_ID_TYPE process) {
  for (int port = 1; port <= maximum_port_count; port++) partita_waiting_remove(&ports[port].waiting, process);
}

/// Waits in the port's queue: the scheduler tries the request when it is this process's turn.
static void wait_as_process(struct request *request, PROCESS_ID_TYPE process, SYSTEM_TIME_TYPE deadline) {
  struct partita_waiting_queue *waiting = &ports[request->port].waiting;
  if (!partita_waiting_insert(waiting, process, partita_process_priority(process))) return;
  requests[process] = request;
  if (partita_process_wait(deadline)) return;
  partita_waiting_remove(waiting, process);
  request->answer.status = TIMED_OUT;
}

/// The only flow of its partition gives up the window and tries again in the next ones.
static void wait_alone(struct request *request, SYSTEM_TIME_TYPE deadline) {
  do {
    partita_yield();
    try_request(request);
    if (request->answer.status != NOT_AVAILABLE) return;
  } while (partita_now() < deadline);
  request->answer.status = TIMED_OUT;
}

/// Calls the kernel, and waits while the call is not available, or while others wait at the port already.
static struct partita_answer call_waiting(
    uint64_t number, QUEUING_PORT_ID_TYPE port, const void *address, uint64_t size, SYSTEM_TIME_TYPE time_out) {
  struct request request = {
      .number = number, .port = (uint64_t)(int64_t)port, .address = (uint64_t)(uintptr_t)address, .size = size,
      .answer = {.status = NOT_AVAILABLE}};
  if (!is_port(port) || ports[port].waiting.count == 0) try_request(&request);
  if (request.answer.status != NOT_AVAILABLE || time_out == 0) return request.answer;
  if (partita_is_error_handler()) {
    request.answer.status = INVALID_MODE;
    return request.answer;
  }
  SYSTEM_TIME_TYPE now = partita_now();
  SYSTEM_TIME_TYPE deadline = time_out < 0 || time_out > INT64_MAX - now ? INT64_MAX : now + time_out;
  PROCESS_ID_TYPE process = partita_current_process();
  if (process != NULL_PROCESS_ID) wait_as_process(&request, process, deadline);
  else wait_alone(&request, deadline);
  return request.answer;
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
  partita_copy_name(padded, name);
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
  port_status->WAITING_PROCESSES = ports[port].waiting.count;
}

void CLEAR_QUEUING_PORT(QUEUING_PORT_ID_TYPE port, RETURN_CODE_TYPE *status) {
  *status = (RETURN_CODE_TYPE)partita_hypercall1(PARTITA_CLEAR_QUEUING_PORT, (uint64_t)(int64_t)port).status;
}

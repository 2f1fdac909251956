#include <arinc653/queueing.h>

#include "partita.h"
#include "partita_objects.h"

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

/// The greatest identifier of a port that has been created.
static QUEUING_PORT_ID_TYPE greatest_port;

/// A call of the kernel that a waiting process wants to succeed.
struct request {
  uint64_t number, port, address, size;
  struct partita_answer answer;
};

/// What each waiting process waits for; index: process.
static struct request *requests[MAX_NUMBER_OF_PROCESSES + 1];

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
  if (*port > greatest_port) greatest_port = *port;
  ports[answer.value].waiting.by_priority = discipline == PRIORITY;
}

static void try_request(struct request *request) {
  request->answer = partita_hypercall3(request->number, request->port, request->address, request->size);
}

bool partita_has_queuing_ports(void) { return greatest_port > 0; }

void partita_serve_ports(void) {
  for (QUEUING_PORT_ID_TYPE port = 1; port <= greatest_port; port++) {
    PROCESS_ID_TYPE process;
    while ((process = partita_waiting_first(&ports[port].waiting)) >= 0) {
      try_request(requests[process]);
      if (requests[process]->answer.status == NOT_AVAILABLE) break;
      partita_wake_first(&ports[port].waiting);
    }
  }
}

/// The only flow of its partition gives up the window and tries again in the next ones.
static void wait_alone(struct request *request, SYSTEM_TIME_TYPE time_out) {
  const SYSTEM_TIME_TYPE deadline = partita_instant(time_out);
  do {
    partita_yield();
    try_request(request);
    if (request->answer.status != NOT_AVAILABLE) return;
  } while (partita_now() < deadline);
  request->answer.status = TIMED_OUT;
}

/// Waits in the port's queue: the scheduler tries the request when it is this process's turn.
static void wait_as_process(struct request *request, SYSTEM_TIME_TYPE time_out) {
  requests[partita_running] = request;
  RETURN_CODE_TYPE status = partita_wait_for(&ports[request->port].waiting, time_out);
  if (status != NO_ERROR) request->answer.status = status;
}

/// Whether the kernel has no reason to refuse a request for good, of a port that there is.
static bool fits(const struct request *request) {
  const bool is_sent = request->number == PARTITA_SEND_QUEUING_MESSAGE;
  return ports[request->port].direction == (is_sent ? SOURCE : DESTINATION) && request->size > 0 &&
         request->size <= (uint64_t)ports[request->port].maximum_size;
}

/// Calls the kernel, and waits while the call is not available, or while others wait at the port already.
static struct partita_answer call_waiting(
    uint64_t number, QUEUING_PORT_ID_TYPE port, const void *address, uint64_t size, SYSTEM_TIME_TYPE time_out) {
  struct request request = {
      .number = number, .port = (uint64_t)(int64_t)port, .address = (uint64_t)(uintptr_t)address, .size = size,
      .answer = {.status = NOT_AVAILABLE}};
  const bool is_alone = partita_running == NULL_PROCESS_ID && !partita_is_in_error_handler;
  uint64_t before = partita_enter();
  if (!is_port(port) || ports[port].waiting.count == 0 || !fits(&request)) try_request(&request);
  if (request.answer.status == NOT_AVAILABLE && !is_alone) wait_as_process(&request, time_out);
  partita_leave(before);
  if (request.answer.status == NOT_AVAILABLE && is_alone && time_out != 0) wait_alone(&request, time_out);
  return request.answer;
}

void SEND_QUEUING_MESSAGE(
    QUEUING_PORT_ID_TYPE port, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE size, SYSTEM_TIME_TYPE time_out,
    RETURN_CODE_TYPE *status) {
  if (!partita_is_time_out(time_out)) {
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
  if (!partita_is_time_out(time_out) || !is_port(port)) {
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
  *status = INVALID_CONFIG;
  for (int i = 1; i <= maximum_port_count; i++) {
    if (!ports[i].is_created || !partita_is_name(ports[i].name, name)) continue;
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

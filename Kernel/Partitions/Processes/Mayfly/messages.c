// Ports: each message has the instant of its sending, and the same turned over.
#include "mayfly.h"

SAMPLING_PORT_ID_TYPE sampling_out, sampling_in;
QUEUING_PORT_ID_TYPE queuing_out, queuing_in;
/// When the port was there.
static SYSTEM_TIME_TYPE sampling_created;

enum { queue_length = 4 };
#define REFRESH 100000000
/// From a port's creation to the reading of the clock behind it.
#define CREATION 3000

struct message {
  SYSTEM_TIME_TYPE sent;
  uint64_t turned;
};

static struct message new_message(void) {
  struct message message = {.sent = partita_now()};
  message.turned = ~(uint64_t)message.sent;
  return message;
}

static void check_message(const struct message *message, MESSAGE_SIZE_TYPE size) {
  check_value(200, size, message_bytes);
  check(201, message->turned == ~(uint64_t)message->sent, message->turned);
  check(202, message->sent <= partita_now(), (uint64_t)message->sent);
}

static void create_again(void) {
  RETURN_CODE_TYPE status;
  CREATE_SAMPLING_PORT("SEEN", message_bytes, DESTINATION, REFRESH, &sampling_in, &status);
  check_code(210, status, NO_ACTION);
}

static void read_sampling_port(void) {
  struct message message = {0};
  MESSAGE_SIZE_TYPE size = 0;
  VALIDITY_TYPE validity = VALID;
  RETURN_CODE_TYPE status;
  READ_SAMPLING_MESSAGE(sampling_in, (MESSAGE_ADDR_TYPE)&message, &size, &validity, &status);
  if (status == NO_ERROR) return check_message(&message, size);
  check_code(211, status, NO_ACTION);
  check_code(212, validity, INVALID);
}

void make_ports(void) {
  RETURN_CODE_TYPE status;
  CREATE_SAMPLING_PORT("SAMPLE", message_bytes, SOURCE, REFRESH, &sampling_out, &status);
  check_code(220, status, NO_ERROR);
  CREATE_SAMPLING_PORT("SEEN", message_bytes, DESTINATION, REFRESH, &sampling_in, &status);
  check_code(221, status, NO_ERROR);
  sampling_created = partita_now();
  create_again();
  read_sampling_port();
  if (below(3) == 0) compute((SYSTEM_TIME_TYPE)below(2000000));
  CREATE_QUEUING_PORT(
      "OUT", message_bytes, queue_length, SOURCE, below(2) ? FIFO : PRIORITY, &queuing_out, &status);
  check_code(222, status, NO_ERROR);
  CREATE_QUEUING_PORT("IN", message_bytes, queue_length, DESTINATION, FIFO, &queuing_in, &status);
  check_code(223, status, NO_ERROR);
  receive_queued(0);
}

void tell_others(void) {
  RETURN_CODE_TYPE status;
  struct message message = new_message();
  WRITE_SAMPLING_MESSAGE(sampling_out, (MESSAGE_ADDR_TYPE)&message, message_bytes, &status);
  check_code(230, status, NO_ERROR);
}

void hear_others(void) {
  RETURN_CODE_TYPE status;
  SAMPLING_PORT_CURRENT_STATUS_TYPE port;
  GET_SAMPLING_PORT_CURRENT_STATUS(sampling_in, &port, &status);
  check_code(231, status, NO_ERROR);
  if (port.UPDATED == EMPTY_PORT) check_value(232, port.TIME_STAMP, 0);
  else check(233, port.TIME_STAMP >= sampling_created - CREATION, (uint64_t)port.TIME_STAMP);
  read_sampling_port();
}

void send_queued(SYSTEM_TIME_TYPE time_out) {
  RETURN_CODE_TYPE status;
  struct message message = new_message();
  SEND_QUEUING_MESSAGE(queuing_out, (MESSAGE_ADDR_TYPE)&message, message_bytes, time_out, &status);
  check(240, status == NO_ERROR || status == NOT_AVAILABLE || status == TIMED_OUT, status);
}

void receive_queued(SYSTEM_TIME_TYPE time_out) {
  RETURN_CODE_TYPE status;
  struct message message = {0};
  MESSAGE_SIZE_TYPE size = 0;
  RECEIVE_QUEUING_MESSAGE(queuing_in, time_out, (MESSAGE_ADDR_TYPE)&message, &size, &status);
  // INVALID_CONFIG: a message, and others are lost.
  if (status == NO_ERROR || status == INVALID_CONFIG) return check_message(&message, size);
  check(241, status == NOT_AVAILABLE || status == TIMED_OUT, status);
}

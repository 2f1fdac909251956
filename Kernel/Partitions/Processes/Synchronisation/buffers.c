// Buffers: checks 100 to 199.
#include "synchronisation.h"

enum { greatest_size = 8, greatest_count = 2 };

static BUFFER_ID_TYPE by_arrival, by_priority;

static void create(
    uint32_t number, char *name, MESSAGE_SIZE_TYPE size, MESSAGE_RANGE_TYPE count, int discipline,
    RETURN_CODE_TYPE expected) {
  BUFFER_ID_TYPE buffer;
  RETURN_CODE_TYPE status;
  CREATE_BUFFER(name, size, count, (QUEUING_DISCIPLINE_TYPE)discipline, &buffer, &status);
  check_code(number, status, expected);
}

static RETURN_CODE_TYPE send(
    BUFFER_ID_TYPE buffer, uint64_t message, MESSAGE_SIZE_TYPE size, SYSTEM_TIME_TYPE time_out) {
  RETURN_CODE_TYPE status;
  SEND_BUFFER(buffer, (MESSAGE_ADDR_TYPE)&message, size, time_out, &status);
  return status;
}

static RETURN_CODE_TYPE receive(
    BUFFER_ID_TYPE buffer, SYSTEM_TIME_TYPE time_out, uint64_t *message, MESSAGE_SIZE_TYPE *size) {
  RETURN_CODE_TYPE status;
  *message = 0;
  RECEIVE_BUFFER(buffer, time_out, (MESSAGE_ADDR_TYPE)message, size, &status);
  return status;
}

static void check_state(
    uint32_t number, BUFFER_ID_TYPE buffer, MESSAGE_RANGE_TYPE messages, WAITING_RANGE_TYPE waiting) {
  BUFFER_STATUS_TYPE state;
  RETURN_CODE_TYPE status;
  GET_BUFFER_STATUS(buffer, &state, &status);
  check_code(number, status, NO_ERROR);
  check_value(number, state.NB_MESSAGE, messages);
  check_value(number, state.WAITING_PROCESSES, waiting);
  check_value(number, state.MAX_NB_MESSAGE, greatest_count);
  check_value(number, state.MAX_MESSAGE_SIZE, greatest_size);
}

static void check_received(uint32_t number, BUFFER_ID_TYPE buffer, uint64_t expected, MESSAGE_SIZE_TYPE expected_size) {
  uint64_t message;
  MESSAGE_SIZE_TYPE size = -1;
  check_code(number, receive(buffer, 0, &message, &size), NO_ERROR);
  check(number, message == expected, message);
  check_value(number, size, expected_size);
}

static void find(uint32_t number, char *name, BUFFER_ID_TYPE expected) {
  BUFFER_ID_TYPE found = 0;
  RETURN_CODE_TYPE status;
  GET_BUFFER_ID(name, &found, &status);
  check_code(number, status, NO_ERROR);
  check_value(number, found, expected);
  GET_BUFFER_ID("no buffer", &found, &status);
  check_code(number + 1, status, INVALID_CONFIG);
}

void create_buffers(void) {
  RETURN_CODE_TYPE status;
  CREATE_BUFFER("by arrival", greatest_size, greatest_count, FIFO, &by_arrival, &status);
  check_code(100, status, NO_ERROR);
  CREATE_BUFFER("by priority", greatest_size, greatest_count, PRIORITY, &by_priority, &status);
  check_code(101, status, NO_ERROR);
  check(102, by_arrival != by_priority, (uint64_t)by_priority);
  create(103, "by arrival", greatest_size, greatest_count, FIFO, NO_ACTION);
  create(104, "another", 0, greatest_count, FIFO, INVALID_PARAM);
  create(105, "another", -1, greatest_count, FIFO, INVALID_PARAM);
  create(106, "another", greatest_size, 0, FIFO, INVALID_PARAM);
  create(107, "another", greatest_size, -1, FIFO, INVALID_PARAM);
  create(108, "another", greatest_size, greatest_count, no_such_discipline, INVALID_PARAM);
  create(109, "another", PARTITA_MESSAGE_POOL_BYTES / 2, 3, FIFO, INVALID_CONFIG);
  // The product of these is more than 32 bits hold.
  create(110, "another", 0x10001, 0x10001, FIFO, INVALID_CONFIG);
  for (int i = 2; i < MAX_NUMBER_OF_BUFFERS; i++) {
    NAME_TYPE name;
    name_extra(name, i);
    create(111, name, 1, 1, FIFO, NO_ERROR);
  }
  create(112, "another", 1, 1, FIFO, INVALID_CONFIG);
  find(113, "by priority", by_priority);
  // What needs no waiting can be done; `main` is no process that could wait.
  uint64_t message;
  MESSAGE_SIZE_TYPE size;
  check_code(115, send(by_arrival, 1, 8, 0), NO_ERROR);
  check_received(116, by_arrival, 1, 8);
  check_code(117, receive(by_arrival, 0, &message, &size), NOT_AVAILABLE);
  check_code(118, receive(by_arrival, MICROSECONDS(1), &message, &size), INVALID_MODE);
}

static void try_parameters(void) {
  uint64_t message;
  MESSAGE_SIZE_TYPE size;
  check_code(121, send(0, 1, 8, 0), INVALID_PARAM);
  check_code(122, send(no_such_object, 1, 8, 0), INVALID_PARAM);
  check_code(123, send(-1, 1, 8, 0), INVALID_PARAM);
  check_code(124, send(by_arrival, 1, 0, 0), INVALID_PARAM);
  check_code(125, send(by_arrival, 1, -1, 0), INVALID_PARAM);
  check_code(126, send(by_arrival, 1, greatest_size + 1, 0), INVALID_PARAM);
  check_code(127, send(by_arrival, 1, 8, IMPOSSIBLE_TIME), INVALID_PARAM);
  check_code(128, receive(0, 0, &message, &size), INVALID_PARAM);
  check_code(129, receive(no_such_object, 0, &message, &size), INVALID_PARAM);
  check_code(130, receive(by_arrival, IMPOSSIBLE_TIME, &message, &size), INVALID_PARAM);
  BUFFER_STATUS_TYPE state;
  RETURN_CODE_TYPE status;
  GET_BUFFER_STATUS(0, &state, &status);
  check_code(131, status, INVALID_PARAM);
  GET_BUFFER_STATUS(no_such_object, &state, &status);
  check_code(132, status, INVALID_PARAM);
  find(133, "by arrival", by_arrival);
}

/// One process alone: what is there, what is not, and how long it waits in vain.
static void try_room(void) {
  uint64_t message;
  MESSAGE_SIZE_TYPE size;
  await_room(ROOM);
  check_state(140, by_arrival, 0, 0);
  check_code(141, receive(by_arrival, 0, &message, &size), NOT_AVAILABLE);
  SYSTEM_TIME_TYPE before = partita_now();
  check_code(142, receive(by_arrival, MICROSECONDS(500), &message, &size), TIMED_OUT);
  check_wait(143, partita_now() - before, MICROSECONDS(500));
  check_code(144, send(by_arrival, 0x1122334455667788, 8, 0), NO_ERROR);
  check_code(145, send(by_arrival, 0x99AABBCC, 3, INFINITE_TIME_VALUE), NO_ERROR);
  check_state(146, by_arrival, 2, 0);
  check_code(147, send(by_arrival, 3, 8, 0), NOT_AVAILABLE);
  before = partita_now();
  check_code(148, send(by_arrival, 3, 8, MICROSECONDS(500)), TIMED_OUT);
  check_wait(149, partita_now() - before, MICROSECONDS(500));
  lock();
  check_code(150, send(by_arrival, 3, 8, MICROSECONDS(1)), INVALID_MODE);
  check_code(151, send(by_arrival, 3, 8, 0), NOT_AVAILABLE);
  check_received(152, by_arrival, 0x1122334455667788, 8);
  check_received(153, by_arrival, 0xAABBCC, 3);
  check_code(154, receive(by_arrival, INFINITE_TIME_VALUE, &message, &size), INVALID_MODE);
  check_code(155, receive(by_arrival, 0, &message, &size), NOT_AVAILABLE);
  check_code(156, send(by_arrival, 4, 8, MICROSECONDS(1)), NO_ERROR);
  unlock();
  check_received(157, by_arrival, 4, 8);
  check_state(158, by_arrival, 0, 0);
}

static void receive_as_worker(struct worker *self) {
  self->status = receive(self->object, self->time_out, &self->message, &self->size);
  leave_mark((uint64_t)self->number);
}

static void send_as_worker(struct worker *self) {
  self->status = send(self->object, self->message, sizeof self->message, self->time_out);
  leave_mark((uint64_t)self->number);
}

/// Four wait for messages, of which three come: each gets its own, whoever runs first afterwards.
///
/// - Parameters:
///   - last: the worker that gets none.
///   - marks: the others in the order in which they run.
///   - served: those in the order in which they are served.
static void try_receivers(uint32_t number, BUFFER_ID_TYPE buffer, int last, uint64_t marks, const int served[3]) {
  await_room(ROOM);
  for (int i = 1; i <= worker_count; i++) {
    begin(i, receive_as_worker, buffer, i == last ? MICROSECONDS(400) : INFINITE_TIME_VALUE);
  }
  check_state(number, buffer, 0, 4);
  check_value(number + 1, process_state(workers[3].process), WAITING);
  lock();
  for (uint64_t message = 1; message <= 3; message++) check_code(number + 2, send(buffer, message, 8, 0), NO_ERROR);
  check_state(number + 3, buffer, 0, 1);
  check_value(number + 4, (int64_t)take_marks(), 0);
  unlock();
  uint64_t seen = take_marks();
  check(number + 5, seen == marks, seen);
  for (int i = 0; i < 3; i++) {
    const struct worker *worker = &workers[served[i]];
    check_code(number + 6, worker->status, NO_ERROR);
    check_value(number + 7, (int64_t)worker->message, i + 1);
    check_value(number + 7, worker->size, 8);
  }
  let_pass(MICROSECONDS(500));
  check_code(number + 8, workers[last].status, TIMED_OUT);
  check_wait(number + 9, workers[last].took, MICROSECONDS(400));
  check_state(number + 3, buffer, 0, 0);
  check_value(number + 4, (int64_t)take_marks(), last);
  check_value(number + 1, dismiss_workers(), 0);
}

/// Four wait for room in a full buffer: with each message that is taken the next one's goes in.
static void try_senders(uint32_t number, BUFFER_ID_TYPE buffer, uint64_t marks) {
  await_room(ROOM);
  check_code(number, send(buffer, 101, 8, 0), NO_ERROR);
  check_code(number, send(buffer, 102, 8, 0), NO_ERROR);
  begin_all(send_as_worker, buffer, INFINITE_TIME_VALUE);
  check_state(number + 1, buffer, 2, 4);
  check_received(number + 2, buffer, 101, 8);
  check_state(number + 1, buffer, 2, 3);
  check_received(number + 2, buffer, 102, 8);
  for (int shift = 12; shift >= 0; shift -= 4) check_received(number + 3, buffer, marks >> shift & 15, 8);
  check_state(number + 1, buffer, 0, 0);
  uint64_t seen = take_marks();
  check(number + 4, seen == marks, seen);
  for (int i = 1; i <= worker_count; i++) check_code(number + 5, workers[i].status, NO_ERROR);
  check_value(number + 5, dismiss_workers(), 0);
}

/// Who is stopped waits no more, and gets nothing.
static void try_stop(void) {
  await_room(ROOM);
  begin(1, receive_as_worker, by_arrival, INFINITE_TIME_VALUE);
  begin(2, receive_as_worker, by_arrival, INFINITE_TIME_VALUE);
  RETURN_CODE_TYPE status;
  STOP(workers[1].process, &status);
  check_code(190, status, NO_ERROR);
  check_state(191, by_arrival, 0, 1);
  check_code(192, send(by_arrival, 7, 8, 0), NO_ERROR);
  check_value(193, (int64_t)take_marks(), 2);
  check_value(194, (int64_t)workers[2].message, 7);
  check_value(195, process_state(workers[1].process), DORMANT);
  check_state(196, by_arrival, 0, 0);
}

void try_buffers(void) {
  try_parameters();
  try_room();
  // With the lock gone those of priority 70 run first, or 4 before them.
  try_receivers(160, by_arrival, 4, 0x231, (const int[]){1, 2, 3});
  try_receivers(170, by_priority, 1, 0x423, (const int[]){4, 2, 3});
  try_senders(180, by_arrival, 0x1234);
  try_senders(185, by_priority, 0x4231);
  try_stop();
}

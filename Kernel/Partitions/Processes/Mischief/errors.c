// The error handler: what it starts, checks 200 to 299; which message it gets, checks 300 to 399; who fails by a wrong
// address, checks 1000 to 1099.
#include "mischief.h"

// MARK: Starts

#define DELAY MICROSECONDS(200)

static SYSTEM_TIME_TYPE started, ran;

static void start_later(const ERROR_STATUS_TYPE *error) {
  RETURN_CODE_TYPE status;
  check_value(200, error->FAILED_PROCESS_ID, workers[4].process);
  started = partita_now();
  DELAYED_START(workers[3].process, DELAY, &status);
  check_code(201, status, NO_ERROR);
}

static void raise_and_compute(struct worker *self) {
  raise_error();
  mark(self);
  compute(self->time_out);
  mark(self);
}

static void note_instant(struct worker *self) {
  ran = partita_now();
  mark(self);
}

/// The process that the handler starts has a greater priority than the interrupted one, which computes on.
void try_handlers_starts(void) {
  await_room(ROOM);
  error_deed = start_later;
  assign(3, note_instant, 0, 0);
  begin(4, raise_and_compute, 0, 3 * DELAY);
  let_pass(5 * DELAY);
  error_deed = 0;
  check_marks(210, 0x434);
  check_within(211, ran - started, DELAY, DELAY + TOLERANCE);
  check_value(212, dismiss_workers(), 0);
}

// MARK: Messages

enum { rounds = 4000 };

static volatile bool is_over;
static uint64_t low_messages, high_messages, wrong_messages, first_wrong;
static APEX_BYTE low_message[MAX_ERROR_MESSAGE_SIZE], high_message[MAX_ERROR_MESSAGE_SIZE];

/// All of a message must be its sender's.
static void read_message(const ERROR_STATUS_TYPE *error) {
  const bool is_low = error->FAILED_PROCESS_ID == workers[4].process;
  const APEX_BYTE letter = is_low ? 'a' : 'B';
  int own = 0;
  for (int i = 0; i < MAX_ERROR_MESSAGE_SIZE; i++) own += error->MESSAGE[i] == letter;
  if (is_low) low_messages++;
  else high_messages++;
  if (own == MAX_ERROR_MESSAGE_SIZE && error->LENGTH == MAX_ERROR_MESSAGE_SIZE) return;
  if (wrong_messages++ == 0) first_wrong = (uint64_t)is_low << 32 | (uint64_t)error->LENGTH << 16 | (uint64_t)own;
}

static void say(struct worker *self, APEX_BYTE *message) {
  RAISE_APPLICATION_ERROR(APPLICATION_ERROR, message, MAX_ERROR_MESSAGE_SIZE, &self->status);
  if (self->status != NO_ERROR) check_code(300, self->status, NO_ERROR);
}

static void say_again_and_again(struct worker *self) {
  while (!is_over) say(self, low_message);
}

/// At ever other instants of what the low one does.
static void interrupt_and_say(struct worker *self) {
  for (SYSTEM_TIME_TYPE i = 0; i < rounds; i++) {
    TIMED_WAIT(2000 + i * 7919 % 4001, &self->status);
    say(self, high_message);
  }
  is_over = true;
}

void try_messages(void) {
  for (int i = 0; i < MAX_ERROR_MESSAGE_SIZE; i++) {
    low_message[i] = 'a';
    high_message[i] = 'B';
  }
  await_room(ROOM);
  error_deed = read_message;
  begin(4, say_again_and_again, 0, 0);
  begin(3, interrupt_and_say, 0, 0);
  for (int i = 0; i < 40 && !is_over; i++) let_pass(MICROSECONDS(10000));
  is_over = true;
  let_pass(MICROSECONDS(10000));
  error_deed = 0;
  check_value(310, dismiss_workers(), 0);
  check_value(311, (int64_t)high_messages, rounds);
  check(312, low_messages > rounds / 4, low_messages);
  check(313, wrong_messages == 0, wrong_messages);
  check(314, wrong_messages == 0, first_wrong);
  tell(312, (int64_t)low_messages);
}

// MARK: Wrong addresses

/// Nothing is there.
static uint8_t *const nowhere = (uint8_t *)0x1000;
static BUFFER_ID_TYPE buffer;
static BLACKBOARD_ID_TYPE blackboard;
static uint64_t violations;

void prepare_addresses(void) {
  RETURN_CODE_TYPE status;
  CREATE_BUFFER("buffer", sizeof(uint64_t), 2, FIFO, &buffer, &status);
  check_code(1000, status, NO_ERROR);
  CREATE_BLACKBOARD("blackboard", sizeof(uint64_t), &blackboard, &status);
  check_code(1001, status, NO_ERROR);
}

/// Whoever has given the address fails, and not whoever would use it later.
static void stop_failed(const ERROR_STATUS_TYPE *error) {
  RETURN_CODE_TYPE status;
  violations++;
  check_value(1010, error->ERROR_CODE, MEMORY_VIOLATION);
  check_value(1011, error->FAILED_PROCESS_ID, workers[4].process);
  check(1012, error->FAILED_ADDRESS == nowhere, (uint64_t)(uintptr_t)error->FAILED_ADDRESS);
  // The handler runs, and nobody else.
  check_value(1014, process_state(workers[4].process), READY);
  STOP(error->FAILED_PROCESS_ID, &status);
  check_code(1013, status, NO_ERROR);
}

static void send_from_nowhere(struct worker *self) {
  SEND_BUFFER(buffer, nowhere, sizeof(uint64_t), INFINITE_TIME_VALUE, &self->status);
}

static void receive_to_nowhere(struct worker *self) {
  RECEIVE_BUFFER(buffer, INFINITE_TIME_VALUE, nowhere, &self->size, &self->status);
}

static void read_to_nowhere(struct worker *self) {
  READ_BLACKBOARD(blackboard, INFINITE_TIME_VALUE, nowhere, &self->size, &self->status);
}

static void report_from_nowhere(struct worker *self) {
  REPORT_APPLICATION_MESSAGE(nowhere, sizeof(uint64_t), &self->status);
}

static void fail(uint32_t number, void (*deed)(struct worker *self)) {
  await_room(ROOM);
  const uint64_t before = violations;
  begin(4, deed, 0, 0);
  let_pass(MICROSECONDS(200));
  check_value(number, (int64_t)(violations - before), 1);
  check_value(number + 1, process_state(workers[4].process), DORMANT);
}

static void send(uint32_t number, uint64_t message) {
  RETURN_CODE_TYPE status;
  SEND_BUFFER(buffer, (MESSAGE_ADDR_TYPE)&message, sizeof message, 0, &status);
  check_code(number, status, NO_ERROR);
}

static void receive(uint32_t number, uint64_t expected) {
  uint64_t message = 0;
  MESSAGE_SIZE_TYPE size;
  RETURN_CODE_TYPE status;
  RECEIVE_BUFFER(buffer, 0, (MESSAGE_ADDR_TYPE)&message, &size, &status);
  check_code(number, status, expected == 0 ? NOT_AVAILABLE : NO_ERROR);
  check_value(number + 1, (int64_t)message, (int64_t)expected);
}

void try_addresses(void) {
  RETURN_CODE_TYPE status;
  error_deed = stop_failed;
  send(1020, 111);
  send(1020, 222);
  fail(1030, send_from_nowhere);
  receive(1040, 111);
  receive(1040, 222);
  receive(1042, 0);
  // With room for the message it is read at once.
  fail(1032, send_from_nowhere);
  receive(1044, 0);
  fail(1034, receive_to_nowhere);
  send(1021, 333);
  receive(1046, 333);
  fail(1036, read_to_nowhere);
  fail(1038, report_from_nowhere);
  REPORT_APPLICATION_MESSAGE(0, sizeof(uint64_t), &status);
  check_code(1051, status, INVALID_PARAM);
  uint64_t message = 444;
  DISPLAY_BLACKBOARD(blackboard, (MESSAGE_ADDR_TYPE)&message, sizeof message, &status);
  check_code(1050, status, NO_ERROR);
  error_deed = 0;
}

// Waits: time-outs that pass while nobody looks, checks 600 to 699; the order of those due, checks 700 to 799; times
// that cannot be, checks 800 to 899; a full port, checks 1100 to 1199; the first window, checks 1200 to 1299.
#include "mischief.h"

// MARK: While a higher one computes

static void wait_for_semaphore(struct worker *self) {
  WAIT_SEMAPHORE(never, self->time_out, &self->status);
  mark(self);
}

static void suspend(struct worker *self) {
  SUSPEND_SELF(self->time_out, &self->status);
  mark(self);
}

/// Nor is it resumed whose time-out has passed meanwhile.
static void try_late_resumption(void) {
  RETURN_CODE_TYPE status;
  await_room(ROOM);
  begin(1, suspend, 0, MICROSECONDS(200));
  begin(2, suspend, 0, INFINITE_TIME_VALUE);
  let_pass(MICROSECONDS(50));
  compute(MICROSECONDS(400));
  RESUME(workers[1].process, &status);
  check_code(610, status, NO_ACTION);
  RESUME(workers[2].process, &status);
  check_code(611, status, NO_ERROR);
  let_pass(MICROSECONDS(100));
  check_code(612, workers[1].status, TIMED_OUT);
  check_code(613, workers[2].status, NO_ERROR);
  check_marks(614, 0x12);
  check_value(615, dismiss_workers(), 0);
}

/// The first one's time-out passes while the director computes: what the director signals then is the second one's.
static void try_late_signal(void) {
  RETURN_CODE_TYPE status;
  await_room(ROOM);
  begin(1, wait_for_semaphore, 0, MICROSECONDS(200));
  begin(2, wait_for_semaphore, 0, INFINITE_TIME_VALUE);
  let_pass(MICROSECONDS(50));
  compute(MICROSECONDS(400));
  SIGNAL_SEMAPHORE(never, &status);
  check_code(600, status, NO_ERROR);
  let_pass(MICROSECONDS(100));
  check_code(601, workers[1].status, TIMED_OUT);
  check_code(602, workers[2].status, NO_ERROR);
  check_marks(603, 0x12);
  check_value(604, dismiss_workers(), 0);
  SEMAPHORE_STATUS_TYPE seen;
  GET_SEMAPHORE_STATUS(never, &seen, &status);
  check_code(605, status, NO_ERROR);
  check_value(606, seen.CURRENT_VALUE, 0);
  check_value(607, seen.WAITING_PROCESSES, 0);
}

void try_missed_time_outs(void) {
  try_late_signal();
  try_late_resumption();
}

static void wait_then_mark(struct worker *self) {
  TIMED_WAIT(self->time_out, &self->status);
  mark(self);
}

/// Who is due first runs first, whoever was created first.
void try_order(void) {
  for (int last = 1; last <= 2; last++) {
    const int first = 3 - last;
    await_room(ROOM);
    begin(last, wait_then_mark, 0, MICROSECONDS(250));
    begin(first, wait_then_mark, 0, MICROSECONDS(150));
    let_pass(MICROSECONDS(50));
    compute(MICROSECONDS(400));
    let_pass(MICROSECONDS(100));
    check_marks(700, (uint64_t)(first << 4 | last));
    check_value(701, dismiss_workers(), 0);
  }
}

// MARK: Times that cannot be

static SYSTEM_TIME_TYPE deadline(PROCESS_ID_TYPE process) {
  PROCESS_STATUS_TYPE seen;
  RETURN_CODE_TYPE status;
  GET_PROCESS_STATUS(process, &seen, &status);
  check_code(800, status, NO_ERROR);
  return seen.DEADLINE_TIME;
}

static void wait_for_ever(struct worker *self) { TIMED_WAIT(INT64_MAX, &self->status); }

/// Its capacity is finite.
static void replenish(void) {
  RETURN_CODE_TYPE status;
  const SYSTEM_TIME_TYPE before = deadline(punctual);
  REPLENISH(INT64_MAX - 1, &status);
  check_code(810, status, INVALID_PARAM);
  REPLENISH(INT64_MAX, &status);
  check_code(811, status, INVALID_PARAM);
  check_value(812, deadline(punctual), before);
  const SYSTEM_TIME_TYPE now = partita_now();
  REPLENISH(CAPACITY, &status);
  check_code(813, status, NO_ERROR);
  check_within(814, deadline(punctual) - now, CAPACITY, CAPACITY + TOLERANCE);
  leave_mark(punctual_mark);
}

void try_ranges(void) {
  RETURN_CODE_TYPE status;
  await_room(ROOM);
  // The director's capacity is infinite.
  REPLENISH(MICROSECONDS(100), &status);
  check_code(820, status, NO_ERROR);
  check_value(821, deadline(director), INFINITE_TIME_VALUE);
  REPLENISH(INT64_MAX - 1, &status);
  check_code(822, status, INVALID_PARAM);
  check_value(823, deadline(director), INFINITE_TIME_VALUE);
  // Undone where it was not ignored, before it is missed.
  REPLENISH(INFINITE_TIME_VALUE, &status);
  check_code(824, status, NO_ERROR);
  begin(1, wait_for_ever, 0, 0);
  let_pass(MICROSECONDS(50));
  check_code(825, workers[1].status, INVALID_PARAM);
  check_value(826, dismiss_workers(), 0);
  DELAYED_START(punctual, INT64_MAX - 1, &status);
  check_code(830, status, INVALID_CONFIG);
  check_value(831, process_state(punctual), DORMANT);
  punctual_deed = replenish;
  START(punctual, &status);
  check_code(827, status, NO_ERROR);
  let_pass(MICROSECONDS(200));
  check_marks(828, punctual_mark);
  check_value(829, process_state(punctual), DORMANT);
}

// MARK: A full port

enum { message_bytes = 8 };

static QUEUING_PORT_ID_TYPE source, destination;

void prepare_port(void) {
  RETURN_CODE_TYPE status;
  CREATE_QUEUING_PORT("TELL", message_bytes, 1, SOURCE, FIFO, &source, &status);
  check_code(1100, status, NO_ERROR);
  CREATE_QUEUING_PORT("HEAR", message_bytes, 1, DESTINATION, FIFO, &destination, &status);
  check_code(1101, status, NO_ERROR);
  // Of a port that there is nothing is created, whatever else the call asks for.
  QUEUING_PORT_ID_TYPE again = NULL_QUEUING_PORT_ID;
  CREATE_QUEUING_PORT("HEAR", message_bytes, 2, SOURCE, (QUEUING_DISCIPLINE_TYPE)2, &again, &status);
  check_code(1102, status, NO_ACTION);
  check_value(1103, again, NULL_QUEUING_PORT_ID);
}

/// Of the size that is the worker's object.
static void send(struct worker *self) {
  APEX_BYTE message[2 * message_bytes] = {0};
  SEND_QUEUING_MESSAGE(source, message, self->object, self->time_out, &self->status);
}

/// What will never do is refused at once, however many wait already.
void try_port(void) {
  RETURN_CODE_TYPE status;
  await_room(ROOM);
  uint64_t message = 0;
  do SEND_QUEUING_MESSAGE(source, (MESSAGE_ADDR_TYPE)&message, sizeof message, 0, &status);
  while (status == NO_ERROR && ++message < 8);
  check_code(1110, status, NOT_AVAILABLE);
  begin(1, send, message_bytes, INFINITE_TIME_VALUE);
  let_pass(MICROSECONDS(100));
  check_value(1111, process_state(workers[1].process), WAITING);
  static const int32_t sizes[] = {0, -1, message_bytes + 1, 2 * message_bytes, INT32_MAX};
  for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
    begin(2, send, sizes[i], MICROSECONDS(100));
    let_pass(MICROSECONDS(200));
    check_code(1112, workers[2].status, sizes[i] > message_bytes ? INVALID_CONFIG : INVALID_PARAM);
    check_within(1113, workers[2].took, 0, TOLERANCE);
  }
  // Who waits there is not disturbed: it is its turn when somebody receives.
  MESSAGE_SIZE_TYPE size;
  RECEIVE_QUEUING_MESSAGE(destination, 0, (MESSAGE_ADDR_TYPE)&message, &size, &status);
  check_code(1114, status, NO_ERROR);
  let_pass(MICROSECONDS(10000));
  check_code(1115, workers[1].status, NO_ERROR);
  check_value(1116, dismiss_workers(), 0);
}

static void receive_in_handler(void) {
  RETURN_CODE_TYPE status;
  uint64_t message;
  MESSAGE_SIZE_TYPE size;
  leave_mark(event_mark);
  RECEIVE_QUEUING_MESSAGE(destination, INFINITE_TIME_VALUE, (MESSAGE_ADDR_TYPE)&message, &size, &status);
  check_code(1120, status, INVALID_MODE);
  RECEIVE_QUEUING_MESSAGE(destination, 0, (MESSAGE_ADDR_TYPE)&message, &size, &status);
  check_code(1121, status, NOT_AVAILABLE);
}

/// The event comes while the process computes, or when it has begun to wait, as everybody does then.
static void raise_event(struct worker *self) {
  const uint64_t before = partita_interrupts_disable();
  check_value(1122, (int64_t)partita_raise_event(own_channel), NO_ERROR);
  if (self->object == 0) partita_interrupts_restore(before);
  TIMED_WAIT(self->time_out, &self->status);
  partita_interrupts_restore(before);
}

/// In the handler of an interrupt nobody waits at a port, whether a process was interrupted or none ran.
void try_port_in_handler(void) {
  RETURN_CODE_TYPE status;
  uint64_t message;
  MESSAGE_SIZE_TYPE size;
  do RECEIVE_QUEUING_MESSAGE(destination, 0, (MESSAGE_ADDR_TYPE)&message, &size, &status);
  while (status == NO_ERROR);
  check_code(1123, status, NOT_AVAILABLE);
  for (int32_t waits = 0; waits <= 1; waits++) {
    await_room(ROOM);
    event_deed = receive_in_handler;
    begin(1, raise_event, waits, MICROSECONDS(100));
    let_pass(MICROSECONDS(300));
    event_deed = 0;
    check_marks(1124, event_mark);
    check_code(1125, workers[1].status, NO_ERROR);
    check_value(1126, dismiss_workers(), 0);
  }
}

// MARK: The first window

static PROCESS_ID_TYPE drum;
static volatile SYSTEM_TIME_TYPE drummed;

static void run_drum(void) { drummed = partita_now(); }

void prepare_first_window(void) {
  RETURN_CODE_TYPE status;
  drum = create_process("drum", run_drum, high_priority, MICROSECONDS(10000), INFINITE_TIME_VALUE);
  START(drum, &status);
  check_code(1200, status, NO_ERROR);
}

/// Of the window in which a partition is started the kernel tells neither start nor end, nor of a period.
void try_first_window(void) {
  RETURN_CODE_TYPE status;
  check_value(1201, period_start(), 0);
  SYSTEM_TIME_TYPE before = partita_now();
  WAIT_SEMAPHORE(never, MICROSECONDS(500), &status);
  check_wait(1202, partita_now() - before, MICROSECONDS(500));
  check_code(1203, status, TIMED_OUT);
  check_value(1204, period_start(), 0);
  check_value(1205, drummed, 0);
  // A wait that is shorter than a window, and ends in the next one: it begins amid this one, which begins with the
  // module's clock. The period that begins in between, and the drum with it, are not waited over.
  compute(MICROSECONDS(4000) - partita_now());
  before = partita_now();
  TIMED_WAIT(MICROSECONDS(6900), &status);
  check_code(1206, status, NO_ERROR);
  check_wait(1207, partita_now() - before, MICROSECONDS(6900));
  check(1208, drummed != 0, 0);
  check_within(1209, into_period(drummed), 0, MICROSECONDS(100));
  check_value(1210, process_state(drum), DORMANT);
}

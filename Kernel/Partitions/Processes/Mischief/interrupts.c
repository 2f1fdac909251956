// A handler of the partition's own for an interrupt, which calls services: checks 500 to 599. The module permits one
// upcall at a time.
#include "mischief.h"

enum { stop_rounds = 20 };

static SYSTEM_TIME_TYPE signalled, ran;

static void signal(void) {
  RETURN_CODE_TYPE status;
  SIGNAL_SEMAPHORE(never, &status);
  check_code(500, status, NO_ERROR);
  // It runs when the handler is over.
  check_marks(501, 4);
  leave_mark(event_mark);
  signalled = partita_now();
}

static void await_signal(struct worker *self) {
  WAIT_SEMAPHORE(never, INFINITE_TIME_VALUE, &self->status);
  ran = partita_now();
  mark(self);
}

static void raise_event_and_compute(struct worker *self) {
  mark(self);
  check_value(502, (int64_t)partita_raise_event(own_channel), NO_ERROR);
  compute(MICROSECONDS(100));
  mark(self);
}

/// Neither more nor less has been counted as returned than came: in no handler both are the same.
static void check_counters(uint32_t number) {
  const uint16_t entered = partita_load16(PARTITA_SHARED_PAGE + PARTITA_UPCALLS_ENTERED);
  const uint16_t returned = partita_load16(PARTITA_SHARED_PAGE + PARTITA_UPCALLS_RETURNED);
  check(number, entered == returned, (uint64_t)entered << 32 | returned);
}

/// The event comes when the process has begun to wait, as everybody does then.
static void raise_event_and_wait(struct worker *self) {
  mark(self);
  const uint64_t before = partita_interrupts_disable();
  check_value(503, (int64_t)partita_raise_event(own_channel), NO_ERROR);
  TIMED_WAIT(MICROSECONDS(100), &self->status);
  check_value(504, (int64_t)partita_interrupts_test(), 0);
  partita_interrupts_restore(before);
  mark(self);
}

/// Whom the handler makes ready takes the processor from whom it has interrupted.
///
/// - Parameter deed: What the low one does.
static void try_signal(void (*deed)(struct worker *self)) {
  await_room(ROOM);
  event_deed = signal;
  begin(3, await_signal, 0, 0);
  let_pass(MICROSECONDS(50));
  begin(4, deed, 0, 0);
  let_pass(MICROSECONDS(300));
  event_deed = 0;
  check_marks(510, 0xF34);
  check_within(511, ran - signalled, 0, TOLERANCE);
  check_value(512, workers[3].status, NO_ERROR);
  check_value(513, dismiss_workers(), 0);
  check_counters(514);
}

static void wait_in_handler(void) {
  RETURN_CODE_TYPE status;
  leave_mark(event_mark);
  TIMED_WAIT(MICROSECONDS(100), &status);
  check_code(520, status, INVALID_MODE);
  TIMED_WAIT(0, &status);
  check_code(521, status, INVALID_MODE);
  PERIODIC_WAIT(&status);
  check_code(522, status, INVALID_MODE);
  SUSPEND_SELF(MICROSECONDS(100), &status);
  check_code(523, status, INVALID_MODE);
  WAIT_SEMAPHORE(never, MICROSECONDS(100), &status);
  check_code(524, status, INVALID_MODE);
  WAIT_SEMAPHORE(never, 0, &status);
  check_code(525, status, NOT_AVAILABLE);
}

static void try_waits(void) {
  await_room(ROOM);
  event_deed = wait_in_handler;
  begin(4, raise_event_and_compute, 0, 0);
  let_pass(MICROSECONDS(500));
  event_deed = 0;
  check_marks(530, 0x4F4);
  check_value(531, dismiss_workers(), 0);
  check_counters(532);
}

/// One of equal priority is ready: the process goes behind it when the handler is over.
static void change_priority(void) {
  RETURN_CODE_TYPE status;
  SET_PRIORITY(workers[1].process, equal_priority, &status);
  check_code(540, status, NO_ERROR);
  leave_mark(event_mark);
}

static void try_priority(void) {
  await_room(ROOM);
  event_deed = change_priority;
  begin(1, raise_event_and_compute, 0, 0);
  begin(2, mark, 0, 0);
  let_pass(MICROSECONDS(500));
  event_deed = 0;
  const uint64_t seen = take_marks();
  // When the handler is over the other one runs to its end, then the interrupted one.
  check_value(541, (int64_t)seen, 0x1F21);
  check_value(542, dismiss_workers(), 0);
  check_counters(543);
}

static uint64_t stops;

static void stop_in_handler(void) {
  stops++;
  STOP_SELF();
  check(550, false, stops);
}

/// The error handler stops who is in the handler of an interrupt.
static void stop_failed(const ERROR_STATUS_TYPE *error) {
  RETURN_CODE_TYPE status;
  check_value(551, error->FAILED_PROCESS_ID, workers[4].process);
  stops++;
  STOP(error->FAILED_PROCESS_ID, &status);
  check_code(552, status, NO_ERROR);
}

/// No handler is ever left half done for the kernel: it would deliver no other one.
static void try_stops(void) {
  for (int i = 0; i < 2 * stop_rounds; i++) {
    await_room(MICROSECONDS(1000));
    event_deed = i % 2 == 0 ? stop_in_handler : raise_error;
    error_deed = stop_failed;
    stops = 0;
    begin(4, raise_event_and_compute, 0, 0);
    let_pass(MICROSECONDS(200));
    event_deed = 0;
    error_deed = 0;
    check_value(560, (int64_t)stops, 1);
    check_marks(561, 4);
    check_value(562, process_state(workers[4].process), DORMANT);
    check_value(563, workers[4].is_done, false);
    check_counters(564);
  }
}

void try_interrupts(void) {
  try_signal(raise_event_and_compute);
  try_signal(raise_event_and_wait);
  try_waits();
  try_priority();
  try_stops();
  // All is as it was before.
  try_signal(raise_event_and_compute);
}

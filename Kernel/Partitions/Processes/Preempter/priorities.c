// Who goes first: checks 200 to 299.
#include "preempter.h"

static RETURN_CODE_TYPE set(PROCESS_ID_TYPE process, PRIORITY_TYPE priority) {
  RETURN_CODE_TYPE status;
  SET_PRIORITY(process, priority, &status);
  return status;
}

static void check_all_done(uint32_t number) { check_value(number, dismiss_workers(), 0); }

static void try_equals(void) {
  // An equal whose time comes waits until the one that runs gives way.
  await_room(ROOM);
  begin(2, wait_then_mark, 0, MICROSECONDS(200));
  begin(1, compute_between_marks, 0, MICROSECONDS(600));
  let_pass(MICROSECONDS(1000));
  check_marks(200, 0x112);
  check_within(201, workers[2].took, MICROSECONDS(600), MICROSECONDS(650));
  check_all_done(202);

  // One of greater priority does not; and whoever it takes the processor from goes on before its equals.
  await_room(ROOM);
  begin(1, compute_between_marks, 0, MICROSECONDS(600));
  begin(2, compute_between_marks, 0, MICROSECONDS(200));
  begin(3, wait_then_mark, 0, MICROSECONDS(200));
  let_pass(MICROSECONDS(1000));
  check_marks(203, 0x13122);
  check_wait(204, workers[3].took, MICROSECONDS(200));
  check_all_done(205);

  // One of less priority has what is left.
  await_room(ROOM);
  begin(4, compute_between_marks, 0, MICROSECONDS(700));
  begin(1, wait_then_mark, 0, MICROSECONDS(200));
  begin(3, wait_then_mark, 0, MICROSECONDS(400));
  let_pass(MICROSECONDS(1000));
  check_marks(206, 0x4134);
  check_wait(207, workers[1].took, MICROSECONDS(200));
  check_wait(208, workers[3].took, MICROSECONDS(400));
  check_all_done(209);
}

static void take_turns(struct worker *self) {
  for (int i = 0; i < 3; i++) {
    leave_mark((uint64_t)self->number);
    TIMED_WAIT(0, &self->status);
    check_code(210, self->status, NO_ERROR);
  }
}

/// TIMED_WAIT(0) lets an equal run, and nobody of less priority.
static void try_turns(void) {
  await_room(ROOM);
  begin(4, compute_between_marks, 0, MICROSECONDS(50));
  begin(1, take_turns, 0, 0);
  begin(2, take_turns, 0, 0);
  let_pass(MICROSECONDS(500));
  check_marks(211, 0x12121244);
  check_all_done(212);
}

static void try_codes(void) {
  begin(1, compute_between_marks, 0, 0);
  check_code(220, set(0, 1), INVALID_PARAM);
  check_code(221, set(no_such_process, 1), INVALID_PARAM);
  check_code(222, set(workers[1].process, MIN_PRIORITY_VALUE - 1), INVALID_PARAM);
  check_code(223, set(workers[1].process, MAX_PRIORITY_VALUE + 1), INVALID_PARAM);
  check_value(224, process_priority(workers[1].process), equal_priority);
  let_pass(MICROSECONDS(200));
  check_code(225, set(workers[1].process, 1), INVALID_MODE);
  check_marks(226, 0x11);
  check_all_done(227);
}

/// Puts itself below the director again.
static void lower_itself(struct worker *self) {
  leave_mark((uint64_t)self->number);
  self->status = set(self->process, low_priority);
  leave_mark((uint64_t)self->number);
}

/// Behind those who have the priority that it sets itself to, even if it has that already.
static void go_behind(struct worker *self) {
  leave_mark((uint64_t)self->number);
  self->status = set(self->process, equal_priority);
  leave_mark((uint64_t)self->number);
}

/// Who is raised above the caller runs at once, and so does who is above the caller once that has lowered itself.
static void try_changes(void) {
  await_room(ROOM);
  begin(1, lower_itself, 0, 0);
  check_marks(230, 0);
  check_code(231, set(workers[1].process, director_priority), NO_ERROR);
  check_marks(232, 0);
  check_code(233, set(workers[1].process, director_priority + 1), NO_ERROR);
  check_marks(234, 1);
  check_value(235, process_priority(workers[1].process), low_priority);
  check_value(236, process_state(workers[1].process), READY);
  begin(3, compute_between_marks, 0, 0);
  check_marks(237, 0);
  check_code(238, set(director, equal_priority + 5), NO_ERROR);
  check_marks(239, 0x33);
  check_value(240, process_priority(director), equal_priority + 5);
  check_code(241, set(director, director_priority), NO_ERROR);
  let_pass(MICROSECONDS(200));
  check_marks(242, 1);
  check_code(243, workers[1].status, NO_ERROR);
  // A start is a new beginning, in priority too.
  begin(1, go_behind, 0, 0);
  check_value(244, process_priority(workers[1].process), equal_priority);
  begin(2, go_behind, 0, 0);
  let_pass(MICROSECONDS(200));
  check_marks(245, 0x1212);
  check_all_done(246);
}

void try_priorities(void) {
  try_equals();
  try_turns();
  try_codes();
  try_changes();
}

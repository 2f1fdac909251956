// SUSPEND, RESUME, SUSPEND_SELF: checks 400 to 499.
#include "preempter.h"

static SEMAPHORE_ID_TYPE semaphore;

static RETURN_CODE_TYPE suspend(PROCESS_ID_TYPE process) {
  RETURN_CODE_TYPE status;
  SUSPEND(process, &status);
  return status;
}

static RETURN_CODE_TYPE resume(PROCESS_ID_TYPE process) {
  RETURN_CODE_TYPE status;
  RESUME(process, &status);
  return status;
}

static RETURN_CODE_TYPE suspend_self(SYSTEM_TIME_TYPE time_out) {
  RETURN_CODE_TYPE status;
  SUSPEND_SELF(time_out, &status);
  return status;
}

static void try_codes(void) {
  PROCESS_ID_TYPE periodic;
  RETURN_CODE_TYPE status;
  check_code(400, suspend(0), INVALID_PARAM);
  check_code(401, suspend(no_such_process), INVALID_PARAM);
  check_code(402, suspend(director), INVALID_PARAM);
  check_code(403, suspend(workers[1].process), INVALID_MODE);
  check_code(404, resume(0), INVALID_PARAM);
  check_code(405, resume(no_such_process), INVALID_PARAM);
  check_code(406, resume(director), INVALID_PARAM);
  check_code(407, resume(workers[1].process), INVALID_MODE);
  check_code(408, suspend_self(IMPOSSIBLE_TIME), INVALID_PARAM);
  check_code(409, suspend_self(0), NO_ERROR);
  GET_PROCESS_ID("drummer", &periodic, &status);
  check_code(410, status, NO_ERROR);
  check_code(411, suspend(periodic), INVALID_MODE);
  check_code(412, resume(periodic), INVALID_MODE);
  GET_SEMAPHORE_ID("nothing", &semaphore, &status);
  check_code(413, status, NO_ERROR);
}

/// One that is ready, and one that was preempted: neither runs until it is resumed.
static void try_ready(void) {
  await_room(ROOM);
  begin(1, compute_between_marks, 0, MICROSECONDS(300));
  check_code(420, resume(workers[1].process), NO_ACTION);
  check_code(421, suspend(workers[1].process), NO_ERROR);
  check_value(422, process_state(workers[1].process), WAITING);
  check_code(423, suspend(workers[1].process), NO_ACTION);
  let_pass(MICROSECONDS(100));
  check_marks(424, 0);
  check_code(425, resume(workers[1].process), NO_ERROR);
  check_value(426, process_state(workers[1].process), READY);
  let_pass(MICROSECONDS(100));
  check_marks(427, 1);
  check_code(428, suspend(workers[1].process), NO_ERROR);
  let_pass(MICROSECONDS(300));
  check_marks(429, 0);
  check_code(430, resume(workers[1].process), NO_ERROR);
  let_pass(MICROSECONDS(300));
  check_marks(431, 1);
  check_value(432, dismiss_workers(), 0);
}

static void suspend_and_mark(struct worker *self) {
  self->status = suspend_self(self->time_out);
  leave_mark((uint64_t)self->number);
}

static void try_self(void) {
  await_room(ROOM);
  begin(1, suspend_and_mark, 0, MICROSECONDS(300));
  begin(2, suspend_and_mark, 0, MICROSECONDS(300));
  begin(3, suspend_and_mark, 0, INFINITE_TIME_VALUE);
  let_pass(MICROSECONDS(100));
  check_value(440, process_state(workers[1].process), WAITING);
  check_code(441, suspend(workers[1].process), NO_ACTION);
  check_code(442, resume(workers[1].process), NO_ERROR);
  let_pass(MICROSECONDS(100));
  check_marks(443, 1);
  check_code(444, workers[1].status, NO_ERROR);
  check_within(445, workers[1].took, MICROSECONDS(80), MICROSECONDS(150));
  let_pass(MICROSECONDS(200));
  check_marks(446, 2);
  check_code(447, workers[2].status, TIMED_OUT);
  check_wait(448, workers[2].took, MICROSECONDS(300));
  check_code(449, resume(workers[3].process), NO_ERROR);
  let_pass(MICROSECONDS(50));
  check_marks(450, 3);
  check_code(451, workers[3].status, NO_ERROR);
  check_value(452, dismiss_workers(), 0);
}

static void wait_for_semaphore(struct worker *self) {
  WAIT_SEMAPHORE(self->object, self->time_out, &self->status);
  leave_mark((uint64_t)self->number);
}

static void check_semaphore(uint32_t number, SEMAPHORE_VALUE_TYPE value, WAITING_RANGE_TYPE waiting) {
  SEMAPHORE_STATUS_TYPE state;
  RETURN_CODE_TYPE status;
  GET_SEMAPHORE_STATUS(semaphore, &state, &status);
  check_code(number, status, NO_ERROR);
  check_value(number, state.CURRENT_VALUE, value);
  check_value(number, state.WAITING_PROCESSES, waiting);
}

/// Whoever waits goes on waiting while it is suspended; what it gets, or that its time is over, it learns afterwards.
static void try_waiting(void) {
  RETURN_CODE_TYPE status;
  await_room(ROOM);
  begin(1, wait_for_semaphore, semaphore, INFINITE_TIME_VALUE);
  begin(2, wait_for_semaphore, semaphore, INFINITE_TIME_VALUE);
  begin(3, wait_for_semaphore, semaphore, MICROSECONDS(200));
  let_pass(MICROSECONDS(50));
  for (int i = 1; i <= 3; i++) check_code(460, suspend(workers[i].process), NO_ERROR);
  check_semaphore(461, 0, 3);
  // 3 is served first, but does not come; then 1, which is not resumed yet.
  SIGNAL_SEMAPHORE(semaphore, &status);
  check_code(462, status, NO_ERROR);
  let_pass(MICROSECONDS(50));
  check_marks(463, 0);
  check_semaphore(464, 0, 2);
  check_value(465, process_state(workers[3].process), WAITING);
  // 2 is resumed before it gets anything: it waits still.
  check_code(466, resume(workers[2].process), NO_ERROR);
  let_pass(MICROSECONDS(50));
  check_marks(467, 0);
  check_value(468, process_state(workers[2].process), WAITING);
  check_code(469, resume(workers[3].process), NO_ERROR);
  let_pass(MICROSECONDS(50));
  check_marks(470, 3);
  check_code(471, workers[3].status, NO_ERROR);
  for (int i = 0; i < 2; i++) SIGNAL_SEMAPHORE(semaphore, &status);
  let_pass(MICROSECONDS(50));
  check_marks(472, 2);
  check_code(473, resume(workers[1].process), NO_ERROR);
  let_pass(MICROSECONDS(50));
  check_marks(474, 1);
  check_code(475, workers[1].status, NO_ERROR);
  check_semaphore(476, 0, 0);
  check_value(477, dismiss_workers(), 0);
}

static void try_time_out(void) {
  await_room(ROOM);
  begin(1, wait_for_semaphore, semaphore, MICROSECONDS(200));
  begin(2, wait_then_mark, 0, MICROSECONDS(200));
  let_pass(MICROSECONDS(50));
  check_code(480, suspend(workers[1].process), NO_ERROR);
  check_code(481, suspend(workers[2].process), NO_ERROR);
  let_pass(MICROSECONDS(350));
  check_marks(482, 0);
  check_code(483, resume(workers[2].process), NO_ERROR);
  check_code(484, resume(workers[1].process), NO_ERROR);
  let_pass(MICROSECONDS(50));
  // Equals: the order in which they were resumed.
  check_marks(485, 0x21);
  check_code(486, workers[1].status, TIMED_OUT);
  check_within(487, workers[1].took, MICROSECONDS(400), MICROSECONDS(450));
  check_code(488, workers[2].status, NO_ERROR);
  check_semaphore(489, 0, 0);
  // One that is stopped while it is suspended is not suspended when it starts again.
  begin(1, wait_for_semaphore, semaphore, INFINITE_TIME_VALUE);
  let_pass(MICROSECONDS(50));
  check_code(490, suspend(workers[1].process), NO_ERROR);
  check_value(491, dismiss_workers(), 1);
  check_semaphore(492, 0, 0);
  begin(1, compute_between_marks, 0, 0);
  let_pass(MICROSECONDS(50));
  check_marks(493, 0x11);
}

void try_suspension(void) {
  try_codes();
  try_ready();
  try_self();
  try_waiting();
  try_time_out();
}

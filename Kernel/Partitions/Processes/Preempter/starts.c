// START, DELAYED_START, STOP: checks 500 to 599; deadlines: 600 to 649.
#include "preempter.h"

/// A start before NORMAL mode counts from its beginning; the director looks when that has passed.
#define EARLY_DELAY MICROSECONDS(20300)

static PROCESS_ID_TYPE early, hurried, pacemaker;
static SYSTEM_TIME_TYPE prepared, early_ran, pacemaker_ran, pacemaker_deadline;
static RETURN_CODE_TYPE too_long, long_enough, no_limit, suspended, locked;
static PROCESS_STATUS_TYPE pacemaker_status;

static void run_early(void) { early_ran = partita_now(); }

/// Tries in its first period what periodic processes are refused, and lets others see its deadline in it.
static void run_pacemaker(void) {
  RETURN_CODE_TYPE status;
  pacemaker_ran = partita_now();
  GET_PROCESS_STATUS(pacemaker, &pacemaker_status, &status);
  check_code(500, status, NO_ERROR);
  pacemaker_deadline = pacemaker_status.DEADLINE_TIME;
  SUSPEND_SELF(MICROSECONDS(1), &suspended);
  LOCK_LEVEL_TYPE level;
  LOCK_PREEMPTION(&level, &status);
  check_code(505, status, NO_ERROR);
  PERIODIC_WAIT(&locked);
  UNLOCK_PREEMPTION(&level, &status);
  check_code(506, status, NO_ERROR);
  REPLENISH(MICROSECONDS(20001), &too_long);
  REPLENISH(INFINITE_TIME_VALUE, &no_limit);
  REPLENISH(MICROSECONDS(3000), &long_enough);
}

static void run_hurried(void) { compute(MICROSECONDS(200)); }

void prepare_starts(void) {
  RETURN_CODE_TYPE status;
  SEMAPHORE_ID_TYPE semaphore;
  CREATE_SEMAPHORE("nothing", 0, 1, PRIORITY, &semaphore, &status);
  check_code(501, status, NO_ERROR);
  early = create_process("early", run_early, high_priority, INFINITE_TIME_VALUE, INFINITE_TIME_VALUE);
  hurried = create_process("hurried", run_hurried, low_priority, INFINITE_TIME_VALUE, MICROSECONDS(5000000));
  pacemaker = create_process("pacemaker", run_pacemaker, high_priority, MICROSECONDS(20000), MICROSECONDS(2000));
  DELAYED_START(early, EARLY_DELAY, &status);
  check_code(502, status, NO_ERROR);
  check_value(503, process_state(early), WAITING);
  DELAYED_START(early, 0, &status);
  check_code(504, status, NO_ACTION);
  prepared = partita_now();
}

static void try_codes(void) {
  RETURN_CODE_TYPE status;
  START(0, &status);
  check_code(510, status, INVALID_PARAM);
  START(no_such_process, &status);
  check_code(511, status, INVALID_PARAM);
  START(director, &status);
  check_code(512, status, NO_ACTION);
  DELAYED_START(0, 0, &status);
  check_code(513, status, INVALID_PARAM);
  DELAYED_START(workers[1].process, INFINITE_TIME_VALUE, &status);
  check_code(514, status, INVALID_PARAM);
  DELAYED_START(workers[1].process, IMPOSSIBLE_TIME, &status);
  check_code(515, status, INVALID_PARAM);
  DELAYED_START(pacemaker, MICROSECONDS(20000), &status);
  check_code(516, status, INVALID_PARAM);
  STOP(0, &status);
  check_code(517, status, INVALID_PARAM);
  STOP(no_such_process, &status);
  check_code(518, status, INVALID_PARAM);
  STOP(director, &status);
  check_code(519, status, INVALID_PARAM);
  STOP(workers[1].process, &status);
  check_code(520, status, NO_ACTION);
  PERIODIC_WAIT(&status);
  check_code(521, status, INVALID_MODE);
  TIMED_WAIT(IMPOSSIBLE_TIME, &status);
  check_code(522, status, INVALID_PARAM);
  TIMED_WAIT(INFINITE_TIME_VALUE, &status);
  check_code(523, status, INVALID_PARAM);
}

/// Worker 1 at once, worker 3 later; worker 2 is stopped before its time comes.
static void try_delays(void) {
  RETURN_CODE_TYPE status;
  await_room(ROOM);
  assign(1, compute_between_marks, 0, 0);
  assign(2, compute_between_marks, 0, 0);
  assign(3, compute_between_marks, 0, MICROSECONDS(100));
  assign(4, compute_between_marks, 0, MICROSECONDS(500));
  DELAYED_START(workers[4].process, 0, &status);
  check_code(530, status, NO_ERROR);
  check_value(531, process_state(workers[4].process), READY);
  DELAYED_START(workers[3].process, MICROSECONDS(300), &status);
  check_code(532, status, NO_ERROR);
  check_value(533, process_state(workers[3].process), WAITING);
  DELAYED_START(workers[2].process, MICROSECONDS(200), &status);
  check_code(534, status, NO_ERROR);
  let_pass(MICROSECONDS(100));
  check_marks(535, 4);
  STOP(workers[2].process, &status);
  check_code(536, status, NO_ERROR);
  check_value(537, process_state(workers[2].process), DORMANT);
  let_pass(MICROSECONDS(150));
  check_marks(538, 0);
  let_pass(MICROSECONDS(100));
  check_marks(539, 3);
  let_pass(MICROSECONDS(500));
  check_marks(540, 0x34);
  check_value(541, dismiss_workers(), 0);
}

/// One that has been preempted, in the midst of its registers, begins anew when it is started again.
static void try_stops(void) {
  RETURN_CODE_TYPE status;
  await_room(ROOM);
  begin(1, compute_between_marks, 0, MICROSECONDS(300));
  let_pass(MICROSECONDS(100));
  check_marks(550, 1);
  check_value(551, process_state(workers[1].process), READY);
  SET_PRIORITY(workers[1].process, low_priority, &status);
  check_code(552, status, NO_ERROR);
  STOP(workers[1].process, &status);
  check_code(553, status, NO_ERROR);
  check_value(554, process_state(workers[1].process), DORMANT);
  let_pass(MICROSECONDS(300));
  check_marks(555, 0);
  // Again and again: no stop leaves anything behind.
  for (int i = 0; i < 10; i++) {
    begin(1, compute_between_marks, 0, MICROSECONDS(300));
    let_pass(MICROSECONDS(30));
    STOP(workers[1].process, &status);
    check_code(556, status, NO_ERROR);
  }
  check_marks(557, 0x1111111111);
  begin(1, compute_between_marks, 0, MICROSECONDS(300));
  check_value(558, process_priority(workers[1].process), equal_priority);
  let_pass(MICROSECONDS(400));
  check_marks(559, 0x11);
  check_value(560, dismiss_workers(), 0);
}

static void check_early_start(void) {
  await_room(ROOM);
  let_pass(instant_in_window(prepared + 2 * EARLY_DELAY) - partita_now());
  SYSTEM_TIME_TYPE least = instant_in_window(prepared + EARLY_DELAY);
  // From `prepared` to NORMAL mode `main` does some checks still.
  check_within(565, early_ran, least, least + MICROSECONDS(1000));
  check_value(566, process_state(early), DORMANT);
}

void try_starts(void) {
  check_early_start();
  try_codes();
  try_delays();
  try_stops();
}

static SYSTEM_TIME_TYPE deadline(uint32_t number, PROCESS_ID_TYPE process) {
  PROCESS_STATUS_TYPE seen;
  RETURN_CODE_TYPE status;
  GET_PROCESS_STATUS(process, &seen, &status);
  check_code(number, status, NO_ERROR);
  return seen.DEADLINE_TIME;
}

static RETURN_CODE_TYPE first_budget, wrong_budget, last_budget;
static SYSTEM_TIME_TYPE replenished, first_deadline, last_deadline;

static void replenish(struct worker *self) {
  REPLENISH(IMPOSSIBLE_TIME, &wrong_budget);
  replenished = partita_now();
  REPLENISH(self->time_out, &first_budget);
  first_deadline = deadline(600, self->process);
  REPLENISH(INFINITE_TIME_VALUE, &last_budget);
  last_deadline = deadline(600, self->process);
}

void try_deadlines(void) {
  RETURN_CODE_TYPE status;
  await_room(ROOM);
  check_value(601, deadline(602, director), INFINITE_TIME_VALUE);
  SYSTEM_TIME_TYPE before = partita_now();
  START(hurried, &status);
  check_code(603, status, NO_ERROR);
  check_within(604, deadline(602, hurried) - before, MICROSECONDS(5000000), MICROSECONDS(5000015));
  STOP(hurried, &status);
  check_code(605, status, NO_ERROR);
  DELAYED_START(hurried, MICROSECONDS(500), &status);
  check_code(606, status, NO_ERROR);
  before = partita_now();
  check_within(607, deadline(602, hurried) - before, MICROSECONDS(5000480), MICROSECONDS(5000500));
  STOP(hurried, &status);
  check_code(608, status, NO_ERROR);

  begin(1, replenish, 0, MICROSECONDS(1000000));
  let_pass(MICROSECONDS(100));
  check_code(610, wrong_budget, INVALID_PARAM);
  check_code(611, first_budget, NO_ERROR);
  check_code(613, last_budget, NO_ERROR);
  check_value(614, last_deadline, INFINITE_TIME_VALUE);
  // A worker has no capacity; whether a budget gives it a deadline the standard leaves open.
  check(612, first_deadline == INFINITE_TIME_VALUE || first_deadline - replenished >= MICROSECONDS(1000000),
      (uint64_t)first_deadline);

  START(pacemaker, &status);
  check_code(620, status, NO_ERROR);
  check_value(621, process_state(pacemaker), WAITING);
  let_pass(MICROSECONDS(30000));
  // Its first release is the start of the next period, and the deadline counts from there.
  const SYSTEM_TIME_TYPE late = into_period(pacemaker_ran);
  check_within(622, late, 0, MICROSECONDS(10));
  check_value(623, pacemaker_deadline, pacemaker_ran - late + MICROSECONDS(2000));
  check_value(624, pacemaker_status.PROCESS_STATE, RUNNING);
  check_code(625, suspended, INVALID_MODE);
  check_code(630, locked, INVALID_MODE);
  check_code(626, too_long, INVALID_MODE);
  check_code(627, no_limit, INVALID_MODE);
  check_code(628, long_enough, NO_ERROR);
  check_value(629, process_state(pacemaker), DORMANT);
}

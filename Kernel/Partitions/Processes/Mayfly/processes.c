// What its processes do in NORMAL mode, and what they are promised of partition and schedule.
#include "mayfly.h"

PROCESS_ID_TYPE processes[process_limit];
int process_count;

/// The place in `processes` of the one that suspends itself.
enum { waiter_place = 3 };
#define MILLISECONDS(count) (1000 * MICROSECONDS(count))

static void wait_up_to(uint32_t number, SYSTEM_TIME_TYPE most) {
  RETURN_CODE_TYPE status;
  TIMED_WAIT((SYSTEM_TIME_TYPE)below((uint64_t)most), &status);
  check_code(number, status, NO_ERROR);
}

static SYSTEM_TIME_TYPE some_time_out(void) {
  return below(2) ? INFINITE_TIME_VALUE : 1 + (SYSTEM_TIME_TYPE)below(MILLISECONDS(20));
}

// MARK: Promises

void check_normal(void) {
  PARTITION_STATUS_TYPE self;
  RETURN_CODE_TYPE status;
  GET_PARTITION_STATUS(&self, &status);
  check_code(600, status, NO_ERROR);
  check_code(601, self.OPERATING_MODE, NORMAL);
  check_code(602, self.START_CONDITION, born_as);
  check_value(603, self.IDENTIFIER, parameters.identifier);
}

void check_promise(void) {
  PARTITION_STATUS_TYPE self;
  SCHEDULE_STATUS_TYPE before, after;
  RETURN_CODE_TYPE status;
  GET_MODULE_SCHEDULE_STATUS(&before, &status);
  check_code(610, status, NO_ERROR);
  GET_PARTITION_STATUS(&self, &status);
  GET_MODULE_SCHEDULE_STATUS(&after, &status);
  if (before.TIME_OF_LAST_SCHEDULE_SWITCH != after.TIME_OF_LAST_SCHEDULE_SWITCH) return;
  for (uint64_t i = 0; i < parameters.schedule_count; i++) {
    if (parameters.promises[i].schedule != before.CURRENT_SCHEDULE || parameters.promises[i].period == 0) continue;
    check_value(611, self.PERIOD, parameters.promises[i].period);
    check_value(612, self.DURATION, parameters.promises[i].duration);
  }
}

void change_schedule(void) {
  RETURN_CODE_TYPE status;
  SET_MODULE_SCHEDULE((SCHEDULE_ID_TYPE)parameters.promises[below(parameters.schedule_count)].schedule, &status);
  // NO_ACTION: it runs already, and no other one is to come.
  if (parameters.may_change) check(620, status == NO_ERROR || status == NO_ACTION, status);
  else check_code(621, status, INVALID_CONFIG);
}

// MARK: Processes

static void kill(void) {
  RETURN_CODE_TYPE status;
  LOCK_LEVEL_TYPE level;
  check_normal();
  wait_up_to(300, MILLISECONDS(40));
  for (;;) {
    const LOCK_LEVEL_TYPE locks = below(4) == 0 ? 1 + (LOCK_LEVEL_TYPE)below(3) : 0;
    bool owns = locks == 0 && below(4) == 0;
    for (LOCK_LEVEL_TYPE lock = 1; lock <= locks; lock++) {
      LOCK_PREEMPTION(&level, &status);
      check_code(301, status, NO_ERROR);
      check_value(302, level, lock);
    }
    if (owns) {
      ACQUIRE_MUTEX(mutex, MILLISECONDS(5), &status);
      check(303, status == NO_ERROR || status == TIMED_OUT, status);
      owns = status == NO_ERROR;
    }
    check_promise();
    die(pick_death());
    if (owns) {
      RELEASE_MUTEX(mutex, &status);
      check_code(304, status, NO_ERROR);
    }
    for (LOCK_LEVEL_TYPE lock = locks; lock > 0; lock--) {
      UNLOCK_PREEMPTION(&level, &status);
      check_code(305, status, NO_ERROR);
      check_value(306, level, lock - 1);
    }
    wait_up_to(307, MILLISECONDS(10));
  }
}

static void read(void) {
  for (;;) {
    receive_queued(some_time_out());
    hear_others();
    if (below(40) == 0) die(pick_death());
  }
}

static void send(void) {
  for (;;) {
    send_queued(some_time_out());
    tell_others();
    if (below(3) == 0) wait_up_to(310, MILLISECONDS(8));
    if (below(40) == 0) die(pick_death());
  }
}

static void wait(void) {
  RETURN_CODE_TYPE status;
  uint64_t message[2];
  MESSAGE_SIZE_TYPE size;
  for (;;) {
    const SYSTEM_TIME_TYPE time_out = some_time_out();
    switch (below(5)) {
      case 0: WAIT_SEMAPHORE(semaphore, time_out, &status); break;
      case 1: WAIT_EVENT(event, time_out, &status); break;
      case 2: RECEIVE_BUFFER(buffer, time_out, (MESSAGE_ADDR_TYPE)message, &size, &status); break;
      case 3: READ_BLACKBOARD(blackboard, time_out, (MESSAGE_ADDR_TYPE)message, &size, &status); break;
      default: SUSPEND_SELF(time_out, &status);
    }
    check(320, status == NO_ERROR || status == TIMED_OUT, status);
    RESET_EVENT(event, &status);
    check_code(321, status, NO_ERROR);
    TIMED_WAIT(MICROSECONDS(100), &status);
    check_code(322, status, NO_ERROR);
  }
}

static void stir(void) {
  RETURN_CODE_TYPE status;
  uint64_t message[2] = {1, 2};
  switch (below(8)) {
    case 0: SIGNAL_SEMAPHORE(semaphore, &status); break;
    case 1: SET_EVENT(event, &status); break;
    case 2: SEND_BUFFER(buffer, (MESSAGE_ADDR_TYPE)message, message_bytes, 0, &status); break;
    case 3: DISPLAY_BLACKBOARD(blackboard, (MESSAGE_ADDR_TYPE)message, message_bytes, &status); break;
    case 4: CLEAR_BLACKBOARD(blackboard, &status); break;
    case 5: RESUME(processes[waiter_place], &status); break;
    case 6: partita_raise_event(parameters.event_out); break;
    default:
      tell_others();
      hear_others();
  }
}

static void tick(void) {
  for (;;) {
    stir();
    check_promise();
    compute((SYSTEM_TIME_TYPE)below(MICROSECONDS(20)));
    wait_up_to(330, MILLISECONDS(5));
    if (!parameters.may_change || below(parameters.change_odds)) continue;
    change_schedule();
    if (below(2)) change_schedule();
  }
}

static void recur(void) {
  RETURN_CODE_TYPE status;
  for (;;) {
    compute((SYSTEM_TIME_TYPE)below(MICROSECONDS(300)));
    tell_others();
    PERIODIC_WAIT(&status);
    check_code(340, status, NO_ERROR);
    if (below(60) == 0) die(pick_death());
  }
}

static void make(
    char *name, void (*entry)(void), PRIORITY_TYPE priority, SYSTEM_TIME_TYPE period, SYSTEM_TIME_TYPE capacity) {
  RETURN_CODE_TYPE status;
  PROCESS_ID_TYPE process = create_process(name, entry, priority, period, capacity);
  check_value(350, process, process_count + 1);
  if (period == INFINITE_TIME_VALUE && below(6) == 0) {
    DELAYED_START(process, (SYSTEM_TIME_TYPE)below(MILLISECONDS(9)), &status);
  } else {
    START(process, &status);
  }
  check_code(351, status, NO_ERROR);
  processes[process_count++] = process;
}

static PRIORITY_TYPE some_priority(void) { return 1 + (PRIORITY_TYPE)below(60); }

static void make_periodic(void) {
  PARTITION_STATUS_TYPE self;
  RETURN_CODE_TYPE status;
  const SYSTEM_TIME_TYPE common = parameters.common_period;
  GET_PARTITION_STATUS(&self, &status);
  // What the module file says of it holds in every schedule.
  if (common > 0) return make("periodic", recur, 50, common, common);
  // A schedule without windows for the partition has no period for it.
  if (self.PERIOD <= 0) return;
  make(
      "periodic", recur, some_priority(), self.PERIOD * (1 + (SYSTEM_TIME_TYPE)below(2)),
      self.PERIOD / (1 + (SYSTEM_TIME_TYPE)below(8)));
}

void make_processes(void) {
  const SYSTEM_TIME_TYPE capacity =
      below(4) ? INFINITE_TIME_VALUE : MICROSECONDS(1) + (SYSTEM_TIME_TYPE)below(MILLISECONDS(30));
  make("killer", kill, some_priority(), INFINITE_TIME_VALUE, capacity);
  make("reader", read, some_priority(), INFINITE_TIME_VALUE, INFINITE_TIME_VALUE);
  make("sender", send, some_priority(), INFINITE_TIME_VALUE, INFINITE_TIME_VALUE);
  make("waiter", wait, some_priority(), INFINITE_TIME_VALUE, INFINITE_TIME_VALUE);
  make("ticker", tick, some_priority(), INFINITE_TIME_VALUE, INFINITE_TIME_VALUE);
  make_periodic();
}

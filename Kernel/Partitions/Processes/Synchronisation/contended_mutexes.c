// Mutexes that several processes want. An owner cannot wait and has the greatest priority of all that may acquire the
// mutex, so there is somebody to wait only where an owner was stopped: it owns the mutex still.
#include "mutexes.h"

static void acquire_and_end(struct worker *self) { self->status = acquire_mutex(self->object, self->time_out); }

/// Notes its priority while it owns the mutex, and after.
static void acquire_and_release(struct worker *self) {
  self->status = acquire_mutex(self->object, self->time_out);
  leave_mark((uint64_t)self->number);
  if (self->status != NO_ERROR) return;
  PRIORITY_TYPE owning = process_priority(self->process);
  check_code(21, release_mutex(self->object), NO_ERROR);
  self->message = (uint64_t)owning << 8 | (uint64_t)process_priority(self->process);
}

/// What is seen of a mutex whose owner has ended, and how long one waits for it in vain.
static void try_ended_owner(MUTEX_ID_TYPE mutex) {
  await_room(ROOM);
  begin(1, acquire_and_end, mutex, 0);
  check_code(580, workers[1].status, NO_ERROR);
  check_value(581, process_state(workers[1].process), DORMANT);
  check_mutex(582, mutex, workers[1].process, 1, 0);
  check_value(583, owned_mutex(workers[1].process), mutex);
  check_code(584, acquire_mutex(mutex, 0), NOT_AVAILABLE);
  SYSTEM_TIME_TYPE before = partita_now();
  check_code(585, acquire_mutex(mutex, MICROSECONDS(500)), TIMED_OUT);
  check_wait(586, partita_now() - before, MICROSECONDS(500));
  check_code(587, release_mutex(mutex), INVALID_MODE);
  check_code(588, reset_mutex(mutex, coordinator), INVALID_MODE);
  check_value(589, process_priority(coordinator), coordinator_priority);
  check_code(590, reset_mutex(mutex, workers[1].process), NO_ERROR);
  check_mutex(591, mutex, NULL_PROCESS_ID, 0, 0);
  check_value(592, owned_mutex(workers[1].process), NO_MUTEX_OWNED);
}

/// Owns the mutex, and is preempted by the coordinator, which it raises above the mutex.
static void own_and_raise_coordinator(struct worker *self) {
  self->status = acquire_mutex(self->object, 0);
  check_code(22, set_priority(coordinator, mutex_priority + 5), NO_ERROR);
  // The coordinator runs, and stops this process.
  leave_mark(0xF);
}

/// An owner that was preempted is stopped: then the mutex is taken from it, and goes to those who wait, one by one.
///
/// - Parameter marks: those who wait in the order in which they are served.
static void try_stopped_owner(uint32_t number, MUTEX_ID_TYPE mutex, uint64_t marks) {
  RETURN_CODE_TYPE status;
  await_room(ROOM);
  const PROCESS_ID_TYPE owner = workers[1].process;
  begin(1, own_and_raise_coordinator, mutex, 0);
  check_value(number, process_priority(owner), mutex_priority);
  check_value(number + 1, process_state(owner), READY);
  check_mutex(number + 2, mutex, owner, 1, 0);
  SUSPEND(owner, &status);
  check_code(number + 3, status, INVALID_MODE);
  STOP(owner, &status);
  check_code(number + 4, status, NO_ERROR);
  check_mutex(number + 5, mutex, owner, 1, 0);
  check_code(number + 6, set_priority(coordinator, coordinator_priority), NO_ERROR);
  for (int i = 2; i <= worker_count; i++) begin(i, acquire_and_release, mutex, INFINITE_TIME_VALUE);
  check_mutex(number + 7, mutex, owner, 1, 3);
  check_value(number + 8, process_priority(workers[2].process), 70);
  check_value(number + 9, owned_mutex(workers[2].process), NO_MUTEX_OWNED);
  SUSPEND(workers[2].process, &status);
  check_code(number + 10, status, INVALID_MODE);
  if (status == NO_ERROR) RESUME(workers[2].process, &status);
  check_value(number + 11, (int64_t)take_marks(), 0);
  check_code(number + 12, reset_mutex(mutex, owner), NO_ERROR);
  uint64_t seen = take_marks();
  check(number + 13, seen == marks, seen);
  for (int i = 2; i <= worker_count; i++) {
    check_code(number + 14, workers[i].status, NO_ERROR);
    uint64_t priorities = mutex_priority << 8 | (i == 4 ? 80 : 70);
    check(number + 15, workers[i].message == priorities, workers[i].message);
  }
  check_mutex(number + 16, mutex, NULL_PROCESS_ID, 0, 0);
  check_value(number + 17, dismiss_workers(), 0);
}

/// Who is stopped, or has waited long enough, gets none.
static void try_leaving(MUTEX_ID_TYPE mutex) {
  RETURN_CODE_TYPE status;
  await_room(ROOM);
  begin(1, acquire_and_end, mutex, 0);
  begin(2, acquire_and_release, mutex, MICROSECONDS(200));
  begin(3, acquire_and_release, mutex, INFINITE_TIME_VALUE);
  begin(4, acquire_and_release, mutex, INFINITE_TIME_VALUE);
  let_pass(MICROSECONDS(300));
  check_code(645, workers[2].status, TIMED_OUT);
  check_wait(646, workers[2].took, MICROSECONDS(200));
  STOP(workers[3].process, &status);
  check_code(647, status, NO_ERROR);
  check_mutex(648, mutex, workers[1].process, 1, 1);
  check_code(649, reset_mutex(mutex, workers[1].process), NO_ERROR);
  check_value(650, (int64_t)take_marks(), 0x24);
  check_mutex(651, mutex, NULL_PROCESS_ID, 0, 0);
  check_value(652, dismiss_workers(), 0);
}

/// Somebody of a priority between the owner's own and the mutex's does not hold the owner up.
static void try_ceiling(MUTEX_ID_TYPE mutex) {
  await_room(ROOM);
  check_code(655, acquire_mutex(mutex, 0), NO_ERROR);
  begin(4, acquire_and_release, mutex, 0);
  check_value(656, process_state(workers[4].process), READY);
  check_value(657, (int64_t)take_marks(), 0);
  // With the release 4 goes first, and finds the mutex free.
  check_code(658, release_mutex(mutex), NO_ERROR);
  check_value(659, (int64_t)take_marks(), 4);
  check_code(660, workers[4].status, NO_ERROR);
  check_mutex(661, mutex, NULL_PROCESS_ID, 0, 0);
}

void try_contended_mutexes(void) {
  try_ended_owner(mutex_by_arrival);
  try_stopped_owner(600, mutex_by_arrival, 0x234);
  try_stopped_owner(620, mutex_by_priority, 0x423);
  try_leaving(mutex_by_arrival);
  try_ceiling(mutex_by_arrival);
}

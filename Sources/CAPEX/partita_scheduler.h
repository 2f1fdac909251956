// Between the processes' scheduler and the services. All of them run with upcalls masked: the processes' only critical
// region is `enter` … `leave`.
#ifndef PARTITA_SCHEDULER_H
#define PARTITA_SCHEDULER_H

#include <PartitionEntry.h>
#include <stdbool.h>

#include "partita_process.h"
#include "partita_waiting.h"

/// What a process waits for, beside the time that may end it.
enum partita_wait_reason {
  PARTITA_WAITS_FOR_NOTHING,
  /// For an instant.
  PARTITA_WAITS_FOR_TIME,
  /// In a queue, for whoever serves that.
  PARTITA_WAITS_IN_QUEUE,
  /// For RESUME.
  PARTITA_WAITS_SUSPENDED,
  /// For the first period after its start.
  PARTITA_WAITS_FOR_PERIOD
};

/// What has become of a process's job since the tracer was told that it has the processor.
enum partita_job_outcome { PARTITA_JOB_GOES_ON, PARTITA_JOB_IS_COMPLETE, PARTITA_JOB_IS_STOPPED };

/// Memory of a waiting process that a message is to be copied to or from.
struct partita_exchange {
  void *address;
  MESSAGE_SIZE_TYPE size;
};

struct partita_process {
  PROCESS_ATTRIBUTE_TYPE attributes;
  /// How the tracer knows it.
  uint32_t key;
  enum partita_job_outcome outcome;
  PROCESS_STATE_TYPE state;
  PRIORITY_TYPE priority;
  /// What the priority is again when the mutex is released.
  PRIORITY_TYPE retained_priority;
  /// Identifier of the mutex that it owns; 0 for none.
  int32_t owned_mutex;
  bool waits_for_mutex;
  /// INFINITE_TIME_VALUE for none.
  SYSTEM_TIME_TYPE deadline_time;
  /// The health monitor has been told that it has passed.
  bool is_late;
  /// Of its last release; until the first one, start of the period in which it was started.
  SYSTEM_TIME_TYPE release_time;
  /// Between the period's start and its first release.
  SYSTEM_TIME_TYPE start_delay;
  /// It was started before NORMAL mode, with which its delay and its capacity begin to count.
  bool starts_with_normal;

  enum partita_wait_reason reason;
  /// When the wait ends by itself; INT64_MAX for never.
  SYSTEM_TIME_TYPE wake_time;
  struct partita_waiting_queue *queue;
  struct partita_exchange exchange;
  bool was_woken;
  /// It lets its equals go first, as soon as the handler is over that it is in.
  bool stands_behind;
  bool is_suspended;
  /// It was stopped while the error handler had its place: what it was doing is not wanted any more.
  bool was_stopped;
  /// Among equals the one that has been ready longest runs first.
  uint64_t ready_order;

  void *stack_top;
  void *stack_pointer;
};

extern struct partita_process partita_processes[MAX_NUMBER_OF_PROCESSES + 1];  // index: identifier, from 1
extern int32_t partita_process_count;
/// The process that runs; 0 in `main`, in the scheduler and in the error handler.
extern PROCESS_ID_TYPE partita_running;
/// How often preemption is locked, and by whom; 0 by nobody.
extern LOCK_LEVEL_TYPE partita_lock_level;
extern PROCESS_ID_TYPE partita_lock_owner;
static inline void partita_unlock(void) { partita_lock_level = partita_lock_owner = 0; }
extern bool partita_is_in_error_handler;

/// Null for an identifier that no process has.
static inline struct partita_process *partita_process(PROCESS_ID_TYPE process) {
  return process < 1 || process > partita_process_count ? 0 : &partita_processes[process];
}

/// Whether the partition is in NORMAL mode, where nothing is created any more.
static inline bool partita_is_normal(void) {
  return partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_OPERATING_MODE) == NORMAL;
}

/// Whether the handler of an upcall runs: what it makes ready goes on when it is over.
static inline bool partita_is_in_upcall(void) {
  return partita_load16(PARTITA_SHARED_PAGE + PARTITA_UPCALLS_ENTERED) !=
         partita_load16(PARTITA_SHARED_PAGE + PARTITA_UPCALLS_RETURNED);
}
/// The running process will not come back to the handlers that it is in: they are over for the kernel.
static inline void partita_forget_upcalls(void) {
  if (!partita_is_in_upcall()) return;
  *(volatile uint16_t *)(uintptr_t)(PARTITA_SHARED_PAGE + PARTITA_UPCALLS_RETURNED) =
      partita_load16(PARTITA_SHARED_PAGE + PARTITA_UPCALLS_ENTERED);
}

/// Whether the caller is a process that may wait now: it owns neither a mutex nor the preemption lock, and is in no
/// handler of an interrupt.
static inline bool partita_may_wait(void) {
  return partita_running != NULL_PROCESS_ID && partita_lock_level == 0 &&
         partita_processes[partita_running].owned_mutex == 0 && !partita_is_in_upcall();
}

/// A service begins; what it answers goes to `partita_leave`.
static inline uint64_t partita_enter(void) { return partita_interrupts_disable(); }
/// A service ends: whoever is ready and of greater priority than the caller goes first.
void partita_leave(uint64_t before);

/// The place behind all that have been ready before.
uint64_t partita_last_place(void);
/// Puts a process that waits for nothing any more among the ready ones, the last of its equals; one that is suspended
/// goes on waiting.
void partita_make_ready(struct partita_process *process);
/// The running process waits until it is woken; false if `until` came first.
bool partita_wait(enum partita_wait_reason reason, SYSTEM_TIME_TYPE until);
/// The same in a queue.
bool partita_wait_in(struct partita_waiting_queue *queue, SYSTEM_TIME_TYPE until);
/// The same on behalf of a service that was given a time-out: NO_ERROR where the process was woken, TIMED_OUT,
/// NOT_AVAILABLE where the time-out is 0, INVALID_MODE where the caller may not wait.
RETURN_CODE_TYPE partita_wait_for(struct partita_waiting_queue *queue, SYSTEM_TIME_TYPE time_out);
/// Takes the first out of a queue and makes it ready; null if nobody waits there. It gets what it waited for. Those
/// whose time-out has passed are not waiting any more.
struct partita_process *partita_wake_first(struct partita_waiting_queue *queue);
/// Its time has come: the process waits no longer.
void partita_time_out(struct partita_process *process);
/// The process waits for nothing any more.
void partita_end_wait(struct partita_process *process);
/// The running process does not go on, or goes on when it is chosen again.
void partita_give_way(void);
/// The running process is the last of its equals, and goes on when it is its turn.
void partita_stand_behind(void);
/// Goes to the scheduler, and not back.
void partita_abandon(void) __attribute__((noreturn));

/// The instant so long after another one, which is 0 or later; INT64_MAX where it is out of range.
static inline SYSTEM_TIME_TYPE partita_later(SYSTEM_TIME_TYPE instant, SYSTEM_TIME_TYPE by) {
  return by > INT64_MAX - instant ? INT64_MAX : instant + by;
}
/// The instant that is so far from now; INT64_MAX for INFINITE_TIME_VALUE and where it is out of range.
SYSTEM_TIME_TYPE partita_instant(SYSTEM_TIME_TYPE from_now);
/// Start of the partition's period that runs now; 0 until one has begun since the partition started.
SYSTEM_TIME_TYPE partita_period_start(void);
/// The instant at which somebody of greater priority than the running process gets ready may be another one now.
void partita_arm_timer(void);
/// Makes ready what its time has come for, or its message.
void partita_look_at_clock(void);

/// The process has another deadline from now on; INT64_MAX for none.
void partita_set_deadline(struct partita_process *process, SYSTEM_TIME_TYPE instant);
/// When the next deadline passes of a process under way; INT64_MAX for never.
SYSTEM_TIME_TYPE partita_next_deadline(void);
/// Tells the health monitor of each deadline that has passed: the scheduler does, on `main`'s stack. The error handler
/// runs meanwhile.
void partita_judge_deadlines(void);
/// The process whose missed deadline is being told of; 0 while it is none.
extern PROCESS_ID_TYPE partita_late_process;

/// Tells the tracer that a process gets the processor; 0 for nobody. It is not told what it knows.
void partita_tell_dispatch(PROCESS_ID_TYPE to);
/// Tells it that a process was stopped by another.
void partita_tell_stop(PROCESS_ID_TYPE process);

/// The top of a new stack, or null where there is no room. No stack is ever given back.
void *partita_new_stack(uint64_t byte_count);

/// Tries for the first process at each queuing port what it waits for, and wakes those for which it could be done.
void partita_serve_ports(void);
/// Whether there is a queuing port.
bool partita_has_queuing_ports(void);

/// The error handler does not go on.
void partita_error_handler_end(void) __attribute__((noreturn));

#endif

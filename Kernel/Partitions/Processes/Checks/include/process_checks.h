// What the partitions that try the process services share: numbered checks, and workers that do one deed each.
//
// A check that fails leaves a note; a summary comes last, so that the trace shows that nothing was skipped.
#ifndef PARTITA_PROCESS_CHECKS_H
#define PARTITA_PROCESS_CHECKS_H

#include <ARINC653.h>
#include <stdbool.h>

// Upper half of a note's first word.
/// Lower half: the check's number; second word: what was seen in place of what should be.
#define PROCESS_NOTE_FAILED (1ull << 32)
/// Lower half: what was measured; second word: nanoseconds, or how many.
#define PROCESS_NOTE_MEASURED (2ull << 32)
/// Lower half: checks done; second word: how many of them failed.
#define PROCESS_NOTE_SUMMARY (3ull << 32)

/// Nanoseconds.
#define MICROSECONDS(count) ((SYSTEM_TIME_TYPE)(count)*1000)

void check(uint32_t number, bool holds, uint64_t seen);
void check_code(uint32_t number, RETURN_CODE_TYPE seen, RETURN_CODE_TYPE expected);
void check_value(uint32_t number, int64_t seen, int64_t expected);
/// Both limits included.
void check_within(uint32_t number, int64_t seen, int64_t least, int64_t greatest);
/// That a wait ended when it should: not before its time, and at most the time of some services later.
void check_wait(uint32_t number, SYSTEM_TIME_TYPE seen, SYSTEM_TIME_TYPE expected);
/// Leaves a measurement in the trace.
void tell(uint32_t what, int64_t value);
/// Leaves the summary.
void conclude(void);

// The partition's windows. The module files of these tests give it one in each period, which begins with the period.

/// The start of a period of the partition, from which all others can be told. The kernel tells of none before the
/// first whole window: `await_room` waits for that.
SYSTEM_TIME_TYPE period_start(void);
/// How long after the start of its period an instant is.
SYSTEM_TIME_TYPE into_period(SYSTEM_TIME_TYPE instant);
/// The instant itself where it lies in a window, else the start of the next one.
SYSTEM_TIME_TYPE instant_in_window(SYSTEM_TIME_TYPE instant);
/// Makes the calling process wait for the next window if this one does not last as long any more.
void await_room(SYSTEM_TIME_TYPE duration);

/// Of how the notes of the workers and others follow each other: hexadecimal digits, the last one lowest.
void leave_mark(uint64_t digit);
/// The marks left since this was asked for last.
uint64_t take_marks(void);

/// An aperiodic process without a deadline that does what it is told when it is started, and ends.
struct worker {
  /// From 1.
  int number;
  PROCESS_ID_TYPE process;
  void (*deed)(struct worker *self);
  /// Whatever the deed is about: identifier of a buffer, a semaphore, …
  int32_t object;
  SYSTEM_TIME_TYPE time_out;
  /// What the deed was answered.
  RETURN_CODE_TYPE status;
  /// From the deed's begin to its end.
  SYSTEM_TIME_TYPE took;
  /// A message to be sent, or the one that came.
  uint64_t message;
  MESSAGE_SIZE_TYPE size;
  bool is_done;
};

enum { worker_count = 4 };
/// Index: number.
extern struct worker workers[worker_count + 1];

/// Checks that it is created; not started. At least 4096 bytes of stack.
PROCESS_ID_TYPE create_process(
    char *name, void (*entry)(void), PRIORITY_TYPE priority, SYSTEM_TIME_TYPE period, SYSTEM_TIME_TYPE capacity);
void create_worker(int number, PRIORITY_TYPE priority);
/// Gives a worker its next deed.
void assign(int number, void (*deed)(struct worker *self), int32_t object, SYSTEM_TIME_TYPE time_out);
/// The same, and starts it.
void begin(int number, void (*deed)(struct worker *self), int32_t object, SYSTEM_TIME_TYPE time_out);
/// Stops all that are not through with their deeds; answers how many were not.
int dismiss_workers(void);

PROCESS_STATE_TYPE process_state(PROCESS_ID_TYPE process);
PRIORITY_TYPE process_priority(PROCESS_ID_TYPE process);

#endif

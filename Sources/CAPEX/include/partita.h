// What a partition in C has beyond the standard's services (ARINC653.h): hypercalls, console, notes in the trace.
#ifndef PARTITA_H
#define PARTITA_H

#include <PartitionEntry.h>
#include <arinc653/error.h>
#include <arinc653/partition.h>
#include <arinc653/sampling.h>
#include <arinc653/schedules.h>
#include <arinc653/time.h>
#include <stddef.h>
#include <stdint.h>

/// Places a variable in memory that a warm start leaves as it is.
#define PARTITA_RETAINED __attribute__((section(".retained")))

/// A health callback, named by the module's PartitionCallback: begins on an empty stack when the partition has erred,
/// and ends with `partita_complete_callback`, a fault, or its window; the action follows. SET_PARTITION_MODE is
/// answered INVALID_MODE in it.
#define PARTITA_CALLBACK __attribute__((used, retain))
void partita_complete_callback(void);

/// READ_SAMPLING_MESSAGE with the buffer's capacity, which the kernel checks.
RETURN_CODE_TYPE partita_read_sampling_message(
    SAMPLING_PORT_ID_TYPE port, void *buffer, size_t capacity, size_t *size, VALIDITY_TYPE *validity);

/// The time on the module's clock, read without a kernel entry.
SYSTEM_TIME_TYPE partita_now(void);

/// Gives up the rest of the window; comes back at the start of the next one, whose nominal instant it answers.
SYSTEM_TIME_TYPE partita_yield(void);

/// Leaves two words in the trace.
void partita_note(uint64_t first, uint64_t second);

/// Leaves words of the partition's memory in the trace, whole and in order: 1 … PARTITA_MAXIMUM_NOTE_WORDS of them,
/// 8-byte aligned. INVALID_PARAM for another number, and for memory that the partition may not read.
RETURN_CODE_TYPE partita_note_words(const uint64_t *words, size_t count);

/// What the tracer is told of a process that had the processor: values of PROCESS_STATE_TYPE, and one more; and what
/// happens beside that.
enum partita_told_state {
  PARTITA_TOLD_DORMANT = 0,
  PARTITA_TOLD_READY = 1,
  PARTITA_TOLD_WAITING = 3,
  PARTITA_TOLD_FAULTED = 4,
  /// Its job is done: it waits for its next release.
  PARTITA_TOLD_COMPLETE = 5,
  /// `to` was started: it is released with the partition's next period. The processor stays where it is.
  PARTITA_TOLD_STARTED = 6,
  /// The job of `from` that is under way has another deadline. The processor stays where it is.
  PARTITA_TOLD_REPLENISHED = 7
};
/// The age of a job of a process without a period.
#define PARTITA_APERIODIC INT64_MIN
/// How the tracer knows a process, by its name of at most 32 bytes; never 0.
uint32_t partita_process_key(const char *name);
/// Tells the tracer that the processor has gone from one process of the partition to another, by their keys; 0 for
/// nobody. What ARINC653.h has as processes tells by itself; this is for schedulers of another kind.
///
/// - age: from the release of the job that `to` goes on with to the start of the partition's period, in ns: 0 for a job
///   of this period. Of a process that is started its delay from that release on, negative; of a job with another
///   deadline from that to the start of the period.
void partita_tell_process(uint32_t from, enum partita_told_state state, uint32_t to, SYSTEM_TIME_TYPE age);

/// Writes to the console, 16 bytes a hypercall; answers how many bytes the console took.
size_t partita_console_write(const char *text, size_t length);

/// Gives the partition thread-local storage, which the C library keeps its error number in. Where the library is linked
/// that is done before `main` begins, and once more does no harm. What `printf` and its like write goes to the console,
/// to standard error as to standard output: line by line. A process that writes locks preemption meanwhile, unless it
/// owns a mutex. The library's error number is the partition's, not a process's.
void partita_initialize_thread(void);

#endif

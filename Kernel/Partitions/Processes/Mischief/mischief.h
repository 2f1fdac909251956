// The groups of checks of this partition: 1xx full stacks, 2xx starts by the error handler, 3xx error messages, 4xx the
// room for stacks, 5xx interrupt handlers, 6xx time-outs that nobody saw, 7xx the order of those due, 8xx times out of
// range, 9xx locked preemption, 10xx wrong addresses, 11xx a full port, 12xx the first window; below 100 what all of
// them use.
//
// The director tries the services, at priority 40. The workers 1 and 2 are equals, at 20; 3 has 30, and 4 has 10.
#ifndef MISCHIEF_H
#define MISCHIEF_H

#include <partita.h>
#include <partita_process.h>
#include <process_checks.h>

enum { director_priority = 40, high_priority = 30, equal_priority = 20, low_priority = 10, least_priority = 5 };
/// The event channel of the partition to itself.
enum { own_channel = 1 };
/// What the digits of marks mean that are no worker's number.
enum { punctual_mark = 5, error_mark = 0xE, event_mark = 0xF };
/// Room in a window for each scene.
#define ROOM MICROSECONDS(2500)
/// From start to deadline of those that miss it.
#define CAPACITY MICROSECONDS(300)
/// How much later somebody is told of an instant that he waits for.
#define TOLERANCE MICROSECONDS(15)

extern PROCESS_ID_TYPE director;
/// A process with a deadline, of the least priority; it does its deed when it is started.
extern PROCESS_ID_TYPE punctual;
extern void (*punctual_deed)(void);
/// A semaphore that nobody signals, but in a scene of its own.
extern SEMAPHORE_ID_TYPE never;
/// What the error handler does, and the handler of the partition's own event; null where none is expected.
extern void (*error_deed)(const ERROR_STATUS_TYPE *error);
extern void (*event_deed)(void);

// Before NORMAL mode.
void prepare_stacks(void);
void prepare_pool(void);
void prepare_addresses(void);
void prepare_port(void);
void prepare_first_window(void);

// In NORMAL mode.
void try_first_window(void);
void try_stacks(void);
void try_handlers_starts(void);
void try_messages(void);
void try_interrupts(void);
void try_missed_time_outs(void);
void try_order(void);
void try_ranges(void);
void try_locks(void);
void try_addresses(void);
void try_port(void);
void try_port_in_handler(void);

void let_pass(SYSTEM_TIME_TYPE duration);
/// Computes for so long, and calls no service.
void compute(SYSTEM_TIME_TYPE duration);
/// Leaves the worker's number.
void mark(struct worker *self);
void check_marks(uint32_t number, uint64_t expected);
/// Raises an application error without a message.
void raise_error(void);

#endif

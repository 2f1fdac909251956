// The groups of checks of this partition. Numbers of checks: buffers 1xx, blackboards 2xx, semaphores 3xx, events 4xx,
// mutexes 5xx and 6xx; below 100 what all of them use.
//
// The coordinator tries the services, at priority 50; the workers 1 to 4, at 60, 70, 70 and 80, wait for what it gives.
// So a worker that is started runs at once, until it waits, and where all four wait, FIFO serves 1, 2, 3, 4 and
// PRIORITY 4, 2, 3, 1. Of those that are ready together 4 runs first, then whoever of 2 and 3 became so first, then 1.
#ifndef SYNCHRONISATION_H
#define SYNCHRONISATION_H

#include <partita.h>
#include <partita_process.h>
#include <process_checks.h>

enum { coordinator_priority = 50 };
/// Identifier of nothing; it is no process's either.
enum { no_such_object = 9999, no_such_discipline = 7 };
/// A time that none may be.
#define IMPOSSIBLE_TIME ((SYSTEM_TIME_TYPE)-2)
/// Room in a window for each series of checks.
#define ROOM MICROSECONDS(2500)

extern PROCESS_ID_TYPE coordinator;

// Before NORMAL mode, where all is created; waiting is not possible there.
void create_buffers(void);
void create_blackboards(void);
void create_semaphores(void);
void create_events(void);
void create_mutexes(void);

// In NORMAL mode.
void try_buffers(void);
void try_blackboards(void);
void try_semaphores(void);
void try_events(void);
void try_mutexes(void);

/// A name of its own for each number.
void name_extra(NAME_TYPE name, int number);
/// Starts the workers from the first on, in this order, with the same deed.
void begin_all(void (*deed)(struct worker *self), int32_t object, SYSTEM_TIME_TYPE time_out);
/// Lets so much time pass.
void let_pass(SYSTEM_TIME_TYPE duration);
void lock(void);
/// Until preemption is not locked any more.
void unlock(void);

#endif

// The groups of checks of this partition: 1xx creation, 2xx priorities, 3xx locked preemption, 4xx suspension, 5xx
// starts and stops, 6xx deadlines and identity, 7xx the storm, 8xx traffic; below
// 100 what all of them use.
//
// The director tries the services, at priority 40. The workers 1 and 2 are equals, at 20; 3 has 30, and 4 has 10. While
// the director waits, they play; it preempts them when its time has come.
#ifndef PREEMPTER_H
#define PREEMPTER_H

#include <partita.h>
#include <partita_process.h>
#include <process_checks.h>

enum { director_priority = 40, equal_priority = 20, high_priority = 30, low_priority = 10 };
/// Identifier of nothing.
enum { no_such_process = 9999 };
/// A time that none may be.
#define IMPOSSIBLE_TIME ((SYSTEM_TIME_TYPE)-2)
/// Room in a window for each scene.
#define ROOM MICROSECONDS(2500)

extern PROCESS_ID_TYPE director;

// Before NORMAL mode.
void try_creation(void);
void prepare_storm(void);
void prepare_traffic(void);
void prepare_starts(void);

// In NORMAL mode.
void try_priorities(void);
void try_lock(void);
void try_suspension(void);
void try_starts(void);
void try_deadlines(void);
void try_identity(void);
void try_storm(void);
void try_traffic(void);

/// The other partition of this image.
void send_for_ever(void) __attribute__((noreturn));

void let_pass(SYSTEM_TIME_TYPE duration);
/// Computes for so long, and calls no service.
void compute(SYSTEM_TIME_TYPE duration);
/// Deeds of workers: leave their number, then compute for `time_out` and leave it once more.
void compute_between_marks(struct worker *self);
/// Waits for `time_out`, then leaves the number.
void wait_then_mark(struct worker *self);
void check_marks(uint32_t number, uint64_t expected);

#endif

// Processes of a partition in C: several flows that take turns of their own accord, so that several can wait at a port.
//
// A process runs until it waits, stops, or calls a service that finds a process of greater priority ready: there is no
// preemption between two services. `main` creates and starts the processes and then calls `partita_run_processes`.
#ifndef PARTITA_PROCESS_H
#define PARTITA_PROCESS_H

#include "partita.h"

typedef NAME_TYPE PROCESS_NAME_TYPE;
typedef APEX_INTEGER PROCESS_ID_TYPE;
typedef APEX_INTEGER PRIORITY_TYPE;
typedef APEX_UNSIGNED STACK_SIZE_TYPE;
typedef enum { SOFT = 0, HARD = 1 } DEADLINE_TYPE;

#define NULL_PROCESS_ID 0
#define MIN_PRIORITY_VALUE 1
#define MAX_PRIORITY_VALUE 239

typedef struct {
  SYSTEM_TIME_TYPE PERIOD;
  SYSTEM_TIME_TYPE TIME_CAPACITY;
  SYSTEM_ADDRESS_TYPE ENTRY_POINT;
  STACK_SIZE_TYPE STACK_SIZE;
  PRIORITY_TYPE BASE_PRIORITY;
  DEADLINE_TYPE DEADLINE;
  PROCESS_NAME_TYPE NAME;
} PROCESS_ATTRIBUTE_TYPE;

/// Before the partition is in NORMAL mode. Give the processes the names, periods and deadlines that the module file
/// has: nothing compares them.
void CREATE_PROCESS(PROCESS_ATTRIBUTE_TYPE *attributes, PROCESS_ID_TYPE *process, RETURN_CODE_TYPE *status);
/// A periodic process's first release point is the start of the partition's next period, in NORMAL mode. Others are
/// ready at once.
void START(PROCESS_ID_TYPE process, RETURN_CODE_TYPE *status);
/// Ends the process, or the error handler.
void STOP_SELF(void);
/// Stops another process, wherever it waits; INVALID_PARAM for the caller itself.
void STOP(PROCESS_ID_TYPE process, RETURN_CODE_TYPE *status);
void GET_MY_ID(PROCESS_ID_TYPE *process, RETURN_CODE_TYPE *status);
/// Waits for so long; zero lets others of the same priority run. A wait that ends after the window does goes on in the
/// next one.
void TIMED_WAIT(SYSTEM_TIME_TYPE delay, RETURN_CODE_TYPE *status);
/// Waits for the next release point of a periodic process.
void PERIODIC_WAIT(RETURN_CODE_TYPE *status);

/// Enters NORMAL mode, where `main` has not, and lets the processes run, for ever. When none is ready, nor will be in
/// this window, the window is given up: for `partita verify` that is when the jobs released are complete.
void partita_run_processes(void) __attribute__((noreturn));

// For the services that wait.

/// The process that runs, or 0 in `main`.
PROCESS_ID_TYPE partita_current_process(void);
PRIORITY_TYPE partita_process_priority(PROCESS_ID_TYPE process);
/// Makes the running process wait until it is woken or the instant has come; false if the instant came first.
int partita_process_wait(SYSTEM_TIME_TYPE until);
void partita_process_wake(PROCESS_ID_TYPE process);

#endif

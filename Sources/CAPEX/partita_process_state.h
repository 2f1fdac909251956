// Between processes.c and error.c.
#ifndef PARTITA_PROCESS_STATE_H
#define PARTITA_PROCESS_STATE_H

#include <stdbool.h>

#include "partita_process.h"

/// Whether the partition is in NORMAL mode, where nothing is created any more.
static inline bool partita_is_normal(void) {
  return partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_OPERATING_MODE) == NORMAL;
}

/// The top of a new stack, or 0 where there is no room. No stack is ever given back.
void *partita_process_stack(STACK_SIZE_TYPE size);

/// The error handler takes the place of the running process, which it answers; 0 for none.
PROCESS_ID_TYPE partita_process_interrupt(void);
/// The error handler is over; false if the process that it took the place of was stopped and must not go on.
bool partita_process_resume(PROCESS_ID_TYPE process);
/// Goes to the scheduler, and not back.
void partita_process_abandon(void) __attribute__((noreturn));

bool partita_is_error_handler(void);
/// The error handler does not go on.
void partita_error_handler_end(void) __attribute__((noreturn));

#endif

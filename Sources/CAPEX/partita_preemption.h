// Between preemption.S, preemption.c, scheduler.c and processes.c.
#ifndef PARTITA_PREEMPTION_H
#define PARTITA_PREEMPTION_H

#include <stdbool.h>
#include <stdint.h>

/// The handler of upcalls that may take the processor from the running process (preemption.S).
void partita_preemption_entry(uint64_t vector, uint64_t marks);

/// What it calls: 1 where another process has run meanwhile, and the upcall is counted as returned already.
int partita_preempt(uint64_t vector);

/// From now on upcalls come, while a process runs that takes them; false where the kernel refuses the timer.
bool partita_begin_preemption(void);
/// A tick comes as soon as upcalls are taken.
void partita_tick_at_once(void);

/// Whether clock and ports have been looked at just now, by the upcall that took the processor from a process.
bool partita_take_look(void);
/// Makes ready what its time has come for.
void partita_release_due(void);
/// Whether the running process must leave the processor to another one.
bool partita_is_outranked(void);
/// The running process leaves the processor, and keeps its place among its equals.
void partita_be_outranked(void);

/// Where a started process begins.
void partita_process_begins(void);

#endif

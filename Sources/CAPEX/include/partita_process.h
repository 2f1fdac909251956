// What the standard leaves to the system about processes.
#ifndef PARTITA_PROCESS_H
#define PARTITA_PROCESS_H

#include <arinc653/process.h>
#include <arinc653/time.h>

/// Room for the messages of all buffers and blackboards of a partition.
#define PARTITA_MESSAGE_POOL_BYTES 16384
/// Room for the stacks of all processes, and of the error handler. Each process takes its STACK_SIZE, and some four
/// kilobytes for the upcalls and exceptions that interrupt it.
#define PARTITA_STACK_POOL_BYTES 131072

/// Enters NORMAL mode and lets the processes run, for ever, which SET_PARTITION_MODE(NORMAL) does too. When none is
/// ready, nor will be in this window, the window is given up: for `partita verify` that is when the jobs released are
/// complete.
///
/// It registers the virtual timer (vector 64) and, where there are queuing ports, their interrupt (66), both without a
/// handler of the partition's own. Where the kernel refuses that, processes give way only where they call a service.
void partita_run_processes(void) __attribute__((noreturn));

/// SET_PARTITION_MODE(NORMAL) ends in this function from now on. CREATE_PROCESS names the scheduler of processes; this
/// is for schedulers of another kind.
void partita_begin_normal_mode_with(void (*begin)(void));

#endif

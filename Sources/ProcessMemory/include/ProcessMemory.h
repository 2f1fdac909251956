// Static memory for the processes of a partition, and the way into their scheduler from an upcall: what PartitionKit's
// processes have in C and assembly, for Swift has no static arrays.
#ifndef PARTITA_PROCESS_MEMORY_H
#define PARTITA_PROCESS_MEMORY_H

#include <stdbool.h>
#include <stdint.h>

// Limits of `ProcessLimits`; a test compares the two.
#define PARTITA_MAXIMUM_PROCESSES 32
/// Room for the messages of all buffers and blackboards of a partition.
#define PARTITA_MESSAGE_POOL_BYTES 16384
/// Room for the stacks of all processes, and of the error handler. Each process takes its STACK_SIZE, and some four
/// kilobytes for the upcalls and exceptions that interrupt it.
#define PARTITA_STACK_POOL_BYTES 131072
/// Words below each stack that nobody may write: what is found there instead of the pattern has overflowed it.
#define PARTITA_STACK_FENCE_WORDS 16
#define PARTITA_ERROR_MESSAGE_BYTES 128
/// At least `ProcessScheduler.byteCount`.
#define PARTITA_SCHEDULER_BYTES 16384

/// At least what the C binding keeps of each queuing port.
#define PARTITA_PORT_TABLE_BYTES 8320

/// What flows have left on their stacks: `main`, which is the scheduler, the processes by identifier, the error
/// handler, what that took the place of, and what nobody goes back to.
enum {
  partita_scheduler_flow = 0,
  partita_handler_flow = PARTITA_MAXIMUM_PROCESSES + 1,
  partita_interrupted_flow,
  partita_abandoned_flow,
  partita_flow_count
};

extern uint8_t partita_scheduler_bytes[PARTITA_SCHEDULER_BYTES];
extern uint8_t partita_message_pool_bytes[PARTITA_MESSAGE_POOL_BYTES];
extern uint8_t partita_stack_pool_bytes[PARTITA_STACK_POOL_BYTES];
extern uint8_t partita_port_table_bytes[PARTITA_PORT_TABLE_BYTES];
extern uint8_t partita_raised_message_bytes[PARTITA_ERROR_MESSAGE_BYTES];
extern uint8_t partita_error_message_bytes[PARTITA_ERROR_MESSAGE_BYTES];
extern void *partita_flow_pointers[partita_flow_count];
extern void *partita_stack_tops[PARTITA_MAXIMUM_PROCESSES + 1];
extern void *partita_stack_fences[PARTITA_MAXIMUM_PROCESSES + 1];
extern bool partita_processes_are_used;

#define PARTITA_ACCESSOR static inline __attribute__((always_inline))
PARTITA_ACCESSOR void *partita_scheduler_memory(void) { return partita_scheduler_bytes; }
PARTITA_ACCESSOR void *partita_message_pool(void) { return partita_message_pool_bytes; }
PARTITA_ACCESSOR void *partita_stack_pool(void) { return partita_stack_pool_bytes; }
PARTITA_ACCESSOR void *partita_port_table(void) { return partita_port_table_bytes; }
/// What the last raised application error said, and what the error says that the handler runs for.
PARTITA_ACCESSOR void *partita_raised_message(void) { return partita_raised_message_bytes; }
PARTITA_ACCESSOR void *partita_error_message(void) { return partita_error_message_bytes; }
PARTITA_ACCESSOR void **partita_flow_pointer(int32_t flow) { return partita_flow_pointers + flow; }
/// The first byte behind a process's stack, by identifier.
PARTITA_ACCESSOR void **partita_stack_top(int32_t process) { return partita_stack_tops + process; }
/// The lowest word of the fence below a process's stack, by identifier.
PARTITA_ACCESSOR void **partita_stack_fence(int32_t process) { return partita_stack_fences + process; }
/// Whether processes run, or an error handler may: until then a partition is one flow that may wait by itself.
PARTITA_ACCESSOR bool partita_uses_processes(void) { return partita_processes_are_used; }
PARTITA_ACCESSOR void partita_use_processes(void) { partita_processes_are_used = true; }

/// The handler of upcalls that may take the processor from the running process (preemption.S).
void partita_preemption_entry(uint64_t vector, uint64_t marks);

#endif

// Runs the partition's upcall trampoline, the very same assembly, on the host: a single-stepped thread is the
// partition, a signal handler plays the kernel. So an interrupt can be made to arrive at each single instruction of
// the trampoline.
#ifndef PARTITA_TRAMPOLINE_HARNESS_H
#define PARTITA_TRAMPOLINE_HARNESS_H

#include <stdint.h>

/// What came of one run.
struct harness_report {
  /// Instructions stepped, handlers and trampoline included.
  uint64_t steps;
  uint64_t interrupts;
  uint64_t upcalls;
  /// Upcalls that took the place of an unfinished return.
  uint64_t reused_frames;
  /// Returns through the kernel.
  uint64_t return_hypercalls;
  /// Marks that the handler was told of, in all.
  uint64_t marks_handled;
  /// Different addresses at which a frame was laid.
  uint64_t distinct_frames;
  uint64_t virtual_interrupt_flag;
  uint64_t pending;
  uint32_t flips;
  uint16_t entered;
  uint16_t returned;
  /// Exceptions given to the handler, and its count of those that it has given back.
  uint64_t exceptions;
  uint32_t exceptions_returned;
  /// Exceptions of which the handler was told something else than happened.
  uint32_t mistold;
  /// Most upcalls that were unfinished at a time, and bytes from the first frame down to the lowest.
  uint64_t deepest;
  uint64_t frame_span;
  /// Registers, x87 and SSE state, red zone and flags that the interrupted code did not find as it had left them; bit
  /// set a group, 0 if all is well.
  uint32_t damage;
};

enum {
  harness_damage_general = 1,
  harness_damage_vector = 2,
  harness_damage_x87 = 4,
  harness_damage_red_zone = 8,
  harness_damage_flags = 16,
  harness_damage_control = 32,
};

/// Whether the host can run it: x86-64 with xsave, and the two pages' addresses free.
int harness_prepare(void);

/// Lets interrupts arrive at steps [first, first + count) and, apart from these, at `other` (~0 for none), counted in
/// executed instructions from the start of the interrupted code.
struct harness_report harness_run(uint64_t first, uint64_t count, uint64_t other);

/// One interrupt at step 3, then `count` that do their worst: one in each gap between the last look at the pending
/// word with the flag clear and the setting of the flag, and one at each instruction of the return hypercall that it
/// brings about.
struct harness_report harness_run_worst(uint64_t count);

/// As `harness_run`, with a handler that switches the flag on and so may be interrupted itself, four upcalls deep; what
/// comes beyond waits, as the kernel would have it.
struct harness_report harness_run_nested(uint64_t first, uint64_t count, uint64_t other);

/// An exception at step 3 whose handler moves the stack pointer by `stack_change` bytes and passes over one
/// instruction; interrupts as in `harness_run`.
///
/// - `is_enabled`: the virtual interrupt flag at the exception. - `enables`: the handler switches it on.
struct harness_report harness_run_exception(
    int is_enabled, int enables, int64_t stack_change, uint64_t first, uint64_t count, uint64_t other);

/// The published tail, as bytes.
const uint8_t *harness_tail_start(void);
uint64_t harness_tail_bytes(void);

#endif

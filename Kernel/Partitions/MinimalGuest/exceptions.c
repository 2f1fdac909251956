// The exception table: a task's faults are repaired or end the task, and nobody else notices. A fault of the guest
// itself is none of these: there the frame lies on the guest's own stack, and the guest gives up.
#include "guest.h"

enum { divide_error = 0, invalid_opcode = 6, protection_fault = 13, page_fault = 14 };
// The error code of a protection fault by `int n`: the gate's index and the bit that says IDT.
enum { call_error_code = call_number << 3 | 2 };

// Where a fault is expected, and where to go on.
static const struct {
  const uint8_t *fault, *repair;
} repairs[] = {{guest_divide_fault, guest_divide_repair}};

static int repair(guest_frame *frame) {
  for (unsigned i = 0; i < sizeof repairs / sizeof repairs[0]; i++) {
    if (frame->rip != (uint64_t)(uintptr_t)repairs[i].fault) continue;
    frame->rip = (uint64_t)(uintptr_t)repairs[i].repair;
    return 1;
  }
  return 0;
}

// Answers whether another task may go on instead.
static int system_call(guest_frame *frame) {
  uint64_t number = frame->rax, first = frame->rdi, second = frame->rsi;
  frame->rip += 2;
  frame->rax = 0;
  switch (number) {
    case call_sleep:
      task_sleep(ticks + first);
      return 1;
    case call_note:
      partita_hypercall2(PARTITA_NOTE, first, second);
      return 0;
    case call_write:
      frame->rax = partita_console_write((const char *)(uintptr_t)first, second);
      return 0;
    case call_exit:
      task_kill();
      return 1;
    default:
      frame->rax = UINT64_MAX;
      return 0;
  }
}

// Brings the frame to rest: the two return words from what the handler left, and whether the task takes upcalls. The
// words may lie where the frame's own cause stands, so that is read before.
static void settle(guest_frame *frame) {
  uint64_t was_enabled = frame->cause >> PARTITA_FRAME_CAUSE_ENABLED_BIT & 1;
  uint64_t *words = (uint64_t *)(uintptr_t)(frame->rsp - PARTITA_RETURN_WORDS_DEPTH);
  frame->error_code = was_enabled;
  frame->return_stack = (uint64_t)(uintptr_t)words;
  words[0] = frame->rflags;
  words[1] = frame->rip;
}

static int is_own_fault(const guest_frame *frame) {
  const uint8_t *place = (const uint8_t *)frame;
  return place >= guest_kernel_stack && place < guest_kernel_stack_top;
}

// Called by guest_exception_entry; answers the frame that goes on.
static guest_frame *exception(uint64_t vector, uint64_t error_code, uint64_t fault_address, guest_frame *frame) {
  // Inside the handler: the health monitor's.
  if (is_own_fault(frame) || current_task() == idle_task) __builtin_trap();
  int reschedules = 0;
  if (vector == protection_fault && error_code == call_error_code) {
    reschedules = system_call(frame);
  } else {
    note(note_exception, vector | (uint64_t)current_task() << 8, vector == page_fault ? fault_address : frame->rip);
    if (vector != divide_error || !repair(frame)) {
      task_kill();
      reschedules = 1;
    }
  }
  settle(frame);
  return reschedules ? tasks_next(frame) : frame;
}

void exceptions_start(void) {
  static const uint8_t vectors[] = {divide_error, invalid_opcode, protection_fault, page_fault};
  partita_exception_handler dispatcher = (partita_exception_handler)(void (*)(void))exception;
  for (unsigned i = 0; i < sizeof vectors; i++) partita_set_exception_handler(vectors[i], dispatcher);
}

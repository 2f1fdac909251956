// Begins windows with instructions that might see, or keep, the flags by which the kernel holds interrupts for a
// window's first instruction. Each case is run behind a hypercall that does nothing and behind a yield: what the
// instruction sees and what its exceptions tell must be the same.
//
// Each case leaves a note: its number, and the bits of what differed (`wrong`). Case number `copy_case` copies memory
// by repeated string instructions through ends and beginnings of windows.
#include <HostileLoad.h>
#include <partita.h>

extern uint64_t case_found[3], case_resume;
#define CASES(one)                                                                                             \
  one(pushf) one(pushf_short) one(popf) one(popf_to_trap) one(interrupt_return) one(system_call)               \
      one(system_call_prefixed) one(invalid) one(software_interrupt) one(load) one(fetch) one(scan)            \
      one(stack_segment) one(stack_segment_memory) one(stack_segment_pushf) one(stack_segments_pushf)          \
      one(stack_segments_system_call) one(stack_segment_popf) one(stack_segment_popf_to_trap)                  \
      one(stack_segment_interrupt_return) one(stack_segment_system_call) one(debug_exception)                  \
      one(stack_segment_debug_exception) one(own_trap) one(own_trap_pushf) one(own_trap_system_call)           \
      one(own_trap_stack_segment_pushf) one(own_trap_stack_segment_system_call)
#define DECLARE(name) void case_##name(uint64_t number);
CASES(DECLARE)
#define POINTER(name) case_##name,
static void (*const cases[])(uint64_t) = {CASES(POINTER)};
#define NUMBER(name) number_##name,
enum number { CASES(NUMBER) case_count };
enum { copy_case = case_count, copied = 8192 };

enum wrong { wrong_found = 1, wrong_exception = 2, wrong_copy = 4 };

struct finding {
  uint64_t found[3], exceptions, vector, code, address, rip, flags;
};
static struct finding finding;
static uint8_t source[copied], target[copied];

static void handler(uint64_t vector, struct partita_exception_frame *frame, uint64_t code, uint64_t address) {
  finding.exceptions += 1;
  finding.vector = vector;
  finding.code = code;
  finding.address = address;
  finding.rip = frame->rip;
  finding.flags = frame->rflags;
  if (vector != 1) frame->rip = case_resume;
  frame->rflags &= ~0x100ull;
}

static struct finding run(unsigned number, uint64_t call) {
  finding = (struct finding){0};
  case_found[0] = case_found[1] = case_found[2] = 0;
  cases[number](call);
  for (int i = 0; i < 3; i++) finding.found[i] = case_found[i];
  return finding;
}

static uint64_t compare(const struct finding *one, const struct finding *other) {
  uint64_t wrong = 0;
  for (int i = 0; i < 3; i++) wrong |= one->found[i] != other->found[i] ? wrong_found : 0;
  if (one->exceptions != other->exceptions || one->vector != other->vector || one->code != other->code ||
      one->address != other->address || one->rip != other->rip || one->flags != other->flags)
    wrong |= wrong_exception;
  return wrong;
}

// Until five windows have begun, most of them in the middle of a copy.
static uint64_t copy(void) {
  uint64_t wrong = 0;
  for (int windows = 0; windows < 5;) {
    uint64_t start = partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_WINDOW_START);
    for (int i = 0; i < copied; i += 64) {
      source[i] = (uint8_t)next_random();
      target[i + 63] = 0;
    }
    uint64_t count = copied;
    void *from = source, *to = target;
    __asm__ volatile("rep movsb" : "+c"(count), "+S"(from), "+D"(to) : : "memory");
    for (int i = 0; i < copied; i++) wrong |= source[i] != target[i] ? wrong_copy : 0;
    windows += start != partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_WINDOW_START);
  }
  return wrong;
}

int main(void) {
  behave_until_due();
  static const uint64_t vectors[] = {6, 13, 14};
  for (int i = 0; i < 3; i++) partita_set_exception_handler(vectors[i], handler);
  while (1) {
    partita_set_exception_handler(1, handler);
    for (unsigned number = 0; number < case_count; number++) {
      if (number == number_own_trap) partita_set_exception_handler(1, 0);
      struct finding plain = run(number, PARTITA_NULL), first = run(number, PARTITA_YIELD);
      partita_hypercall2(PARTITA_NOTE, number, compare(&plain, &first));
    }
    partita_hypercall2(PARTITA_NOTE, copy_case, copy());
  }
}

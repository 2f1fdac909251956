// Raises one CPU exception after the other and handles each itself: divide error, invalid opcode, breakpoint, page
// fault, general protection, alignment check. Each handler leaves a note and passes over the instruction; then a
// storm of exceptions under a fast virtual timer; at last a fault inside the handler, which is the health monitor's.
#include <partita.h>
#include <stdint.h>

// First words of the notes.
enum { note_handled = 0x100, note_resumed = 0x200, note_storm = 0x300, note_survived = 0x400 };
enum { storm_exceptions = 200, storm_period_ns = 30000 };
static const uint64_t wild_address = 0x2ABC0123;

static volatile uint64_t instruction_bytes, ticks, storm_handled;

static void note(uint64_t what, uint64_t value) { partita_hypercall2(PARTITA_NOTE, what, value); }

static void handle(
    uint64_t vector, struct partita_exception_frame *frame, uint64_t error_code, uint64_t fault_address) {
  note(note_handled | vector, vector == 14 ? fault_address : error_code);
  frame->rip += instruction_bytes;
  frame->rax = 0xC0FFEE00 + vector;
}

static void resume_note(uint64_t vector, uint64_t rax) { note(note_resumed | vector, rax); }

// Each block: the exception's instruction, whose length the handler passes over, between known registers.
#define RAISE(vector, bytes, instruction, input)                                                                     \
  do {                                                                                                              \
    uint64_t rax = input;                                                                                           \
    instruction_bytes = bytes;                                                                                      \
    __asm__ volatile(instruction : "+a"(rax) : "c"((uint64_t)0), "b"(wild_address) : "rdx", "memory", "cc");        \
    resume_note(vector, rax);                                                                                       \
  } while (0)

static void raise_each(void) {
  RAISE(0, 2, "xorl %%edx, %%edx\n\tdivl %%ecx", 7);
  RAISE(6, 2, "ud2", 7);
  RAISE(3, 1, "int3", 7);
  RAISE(3, 2, ".byte 0xCD, 3", 7);
  RAISE(4, 2, ".byte 0xCD, 4", 7);
  RAISE(3, 2, ".byte 0x64, 0xCC", 7);  // prefixes change nothing: of the segment, the operand's size, REX
  RAISE(4, 4, ".byte 0x66, 0x48, 0xCD, 4", 7);
  RAISE(14, 2, "movb (%%rbx), %%al", 7);
  RAISE(13, 1, "cli", 7);
  RAISE(13, 2, ".byte 0xCD, 0x20", 7);  // a forged tick of the clock
  RAISE(13, 3, ".byte 0x66, 0xCD, 2", 7);
  RAISE(13, 15, ".fill 13, 1, 0x2E\n\t.byte 0xCD, 0xFF", 7);  // as long as an instruction may be
}

// With the AC flag set a misaligned access of ring 3 is an alignment check; an emulator that has none goes on.
static void raise_alignment_check(void) {
  static uint64_t words[2];
  uint64_t rax = 7;
  instruction_bytes = 3;
  __asm__ volatile(
      "pushfq\n\torq $0x40000, (%%rsp)\n\tpopfq\n\t"
      "movq 1(%%rbx), %%rcx\n\t.byte 0x90\n\t"
      "pushfq\n\tandq $~0x40000, (%%rsp)\n\tpopfq"
      : "+a"(rax)
      : "b"(words)
      : "rcx", "memory", "cc");
  resume_note(17, rax);
}

static void count_tick(uint64_t vector, uint64_t marks) {
  ticks += marks;
  partita_acknowledge_interrupt(vector);
}

static void handle_in_storm(
    uint64_t vector, struct partita_exception_frame *frame, uint64_t error_code, uint64_t fault_address) {
  (void)vector, (void)error_code, (void)fault_address;
  storm_handled += 1;
  frame->rip += 2;
}

static void storm(void) {
  partita_register_interrupt(64, count_tick);
  partita_set_exception_handler(6, handle_in_storm);
  partita_set_timer((uint64_t)partita_now() + storm_period_ns, storm_period_ns);
  partita_interrupts_enable();
  for (int i = 0; i < storm_exceptions; i++) __asm__ volatile("ud2" : : : "memory");
  uint64_t before = partita_interrupts_disable();
  partita_set_timer(0, 0);
  partita_unregister_interrupt(64);
  note(note_storm | before, storm_handled << 32 | (ticks > 0));
}

static void fault_again(
    uint64_t vector, struct partita_exception_frame *frame, uint64_t error_code, uint64_t fault_address) {
  (void)vector, (void)frame, (void)error_code, (void)fault_address;
  __asm__ volatile("ud2");
}

int main(void) {
  static const uint64_t vectors[] = {0, 3, 4, 6, 13, 14, 17};
  for (unsigned i = 0; i < sizeof vectors / sizeof vectors[0]; i++) partita_set_exception_handler(vectors[i], handle);
  RETURN_CODE_TYPE status;
  SET_PARTITION_MODE(NORMAL, &status);
  raise_each();
  partita_interrupts_enable();
  raise_each();
  partita_interrupts_disable();
  raise_alignment_check();
  storm();
  partita_yield();
  partita_set_exception_handler(6, fault_again);
  __asm__ volatile("ud2");
  note(note_survived, 0);
  return 0;
}

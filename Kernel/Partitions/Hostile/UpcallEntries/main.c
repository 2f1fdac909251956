// Publishes entries and critical ranges of returns that make the kernel take any stack for an unfinished frame.
#include <HostileLoad.h>
#include <PartitionEntry.h>

// A range whose interrupts come `left` bytes before its end: at 3 and 4 the kernel takes it for the last two
// instructions of a return, with the stack pointer below the frame.
__asm__(
    ".macro range left\n\t.text\n7:\t.rept 40\n\tnop\n\t.endr\n"
    "8:\tloop 8b\n\t.rept \\left - 2\n\tnop\n\t.endr\n"
    "9:\tmovq %r12, %rsp\n\tret\n\t.section .rodata\n\t.quad 7b, 8b, 9b\n.endm\n"
    ".section .rodata\n.balign 8\nranges:\n range 2\n range 3\n range 4\n range 20\nranges_end:\n.text\n");
struct range {
  uint64_t start, here, end;
};
extern const struct range ranges[], ranges_end[];
extern const uint8_t attempt_upcall[];

static const uint64_t stacks[] = {0x2FEF8000, 0x2FEF8001, 0x2FEF8008, 0x2FEF0000, 0x2FEF00A8, 0x2FF00000, 0x2FEFFF48,
                                  0x2FEFFF40, 0x40FF40, 0x400000, 0x30000800, 0, 0xFFFFFFFF8000E440};
enum { stack_count = sizeof stacks / sizeof stacks[0] };

static void wait_in(uint64_t what) {
  __asm__ volatile(
      "movq %%rsp, %%r12\n\tsubq $8, %%r12\n\tmovq $1f, (%%r12)\n\tmovq %0, %%rsp\n\tjmp *%1\n1:"
      : : "r"(stacks[what % stack_count]), "r"(ranges[what / stack_count].here), "c"(200000ul)
      : "r12", "memory", "cc");
}

int main(void) {
  behave_until_due();
  unsigned long wrong = 0;
  static const uint64_t outside[] = {0, 0x30000000, 0x409000, 0x410000, 0x2FEF0000, 0xFFFFFFFF80000000};
  uint64_t start = ranges->start, end = ranges->end;
  for (unsigned i = 0; i < sizeof outside / sizeof outside[0]; i++) {
    wrong += partita_hypercall3(PARTITA_SET_UPCALL_ENTRY, outside[i], start, end).status == 0;
    wrong += partita_hypercall3(PARTITA_SET_UPCALL_ENTRY, start, outside[i], outside[i] + 16).status == 0;
    wrong += partita_hypercall3(PARTITA_SET_UPCALL_ENTRY, start, start, outside[i]).status == 0;
  }
  prepare_attempts();
  for (const struct range *range = ranges; range < ranges_end; range++) {
    wrong += partita_hypercall3(
                 PARTITA_SET_UPCALL_ENTRY, (uint64_t)attempt_upcall, range->start, range->end).status != 0;
    for (unsigned i = 0; i < stack_count; i++) attempt(wait_in, (range - ranges) * stack_count + i);
  }
  report_completion(wrong);
  spin_for_ever();
}

// Publishes entries and critical ranges of returns that make the kernel take any stack for an unfinished frame.
#include <HostileLoad.h>
#include <PartitionEntry.h>

__asm__(
    ".text\n.balign 16\nrange:\n\t.rept 252\n\tnop\n\t.endr\n1:\tjmp 1b\nrange_end:\n"
    "wrong_entry:\n\tud2\n");
extern const uint8_t range[], range_end[], wrong_entry[];

static const uint64_t stacks[] = {0x2FEF8000, 0x2FEF8001, 0x2FEF8008, 0x2FEF0000, 0x2FEF00A8, 0x2FF00000, 0x2FEFFF48,
                                  0x2FEFFF40, 0x40FF40, 0x400000, 0xFFFFFFFF8000E440};

static void wait_in(uint64_t what) {
  __asm__ volatile("movq %0, %%rsp\n\tjmp *%1" : : "r"(stacks[what & 0xFF]), "r"(range_end - (what >> 8)) : "memory");
}

int main(void) {
  behave_until_due();
  unsigned long wrong = 0;
  static const uint64_t outside[] = {0, 0x30000000, 0x409000, 0x410000, 0x2FEF0000, 0xFFFFFFFF80000000, 0x408000 - 1};
  for (unsigned i = 0; i < 6; i++) {
    wrong += partita_hypercall3(PARTITA_SET_UPCALL_ENTRY, outside[i], (uint64_t)range, (uint64_t)range_end).status == 0;
    wrong += partita_hypercall3(PARTITA_SET_UPCALL_ENTRY, (uint64_t)range, outside[i], outside[i] + 16).status == 0;
    wrong += partita_hypercall3(PARTITA_SET_UPCALL_ENTRY, (uint64_t)range, (uint64_t)range, outside[i]).status == 0;
  }
  prepare_attempts();
  extern const uint8_t attempt_upcall[];
  partita_hypercall3(PARTITA_SET_UPCALL_ENTRY, (uint64_t)attempt_upcall, (uint64_t)range, (uint64_t)range_end);
  // In the middle of the range, and at what the kernel takes for its last two instructions.
  for (unsigned i = 0; i < 9; i++) {
    attempt(wait_in, i | 2 << 8);
    attempt(wait_in, i | 3 << 8);
    attempt(wait_in, i | 4 << 8);
    attempt(wait_in, i | 40 << 8);
  }
  report_completion(wrong);
  spin_for_ever();
}

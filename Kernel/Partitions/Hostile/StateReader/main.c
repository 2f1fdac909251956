// Looks for what others have left: in POK the XMM registers of one partition were the next one's to read. It has never
// written these registers, so they are empty in every window, or somebody's.
#include <HostileLoad.h>
#include <PartitionEntry.h>

// From the entry on, nothing here may use a vector register before they have been read.
static uint64_t found[64] __attribute__((aligned(32)));

__attribute__((target("general-regs-only"), noinline)) static unsigned long look(void) {
  unsigned long leaks = 0;
  __asm__ volatile(
      ".irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n\t"
      "vmovdqa %%ymm\\r, \\r * 32(%[found])\n\t"
      ".endr" : : [found] "r"(found) : "memory");
  for (int i = 0; i < 64; i++) leaks += found[i] != 0;
  uint32_t mxcsr;
  uint16_t control, tag[14];
  __asm__ volatile("stmxcsr %0\n\tfnstcw %1" : "=m"(mxcsr), "=m"(control));
  __asm__ volatile("fnstenv %0\n\tfldenv %0" : "+m"(tag));
  leaks += mxcsr != 0x1F80;
  leaks += control != 0x037F;
  leaks += tag[4] != 0xFFFF;  // the x87 stack is empty
  uint16_t ds, es, fs, gs;
  __asm__ volatile("movw %%ds, %0\n\tmovw %%es, %1\n\tmovw %%fs, %2\n\tmovw %%gs, %3"
                   : "=r"(ds), "=r"(es), "=r"(fs), "=r"(gs));
  leaks += (ds | es | fs | gs) != 0;
  return leaks;
}

int main(void) {
  unsigned long leaks = look();
  behave_until_due();
  for (int window = 0; window < 20; window++) {
    leaks += look();
    partita_hypercall0(PARTITA_YIELD);
    leaks += look();
  }
  report_completion(leaks);
  spin_for_ever();
}

// Waits for interrupts, yields and calls the kernel with a stack pointer at every kind of place that is no stack.
#include <HostileLoad.h>
#include <PartitionEntry.h>

static const uint64_t places[] = {
    0, 1, 8, 0x7F, 0x400000, 0x401001, 0x408000, 0x40A008, 0x410000, 0x2FEF0000, 0x2FEF0008, 0x2FEF0141,
    0x2FF00000, 0x2FF00001, 0x30000000, 0x30000800, 0x30001000, 0x30001800, 0x30002000, 0x00007FFFFFFFFFFF,
    0x0000800000000000, 0x8000000000000000, 0xFFFF800000000000, 0xFFFFFFFF80000000, 0xFFFFFFFF8000E440,
    0xFFFFFFFF80012000, 0xFFFFFFFF80014000, 0xFFFFFFFFFFFFFFFF, 0x100000, 0x3FFFF000, 0x40000000};

static void wait_there(uint64_t place) {
  uint64_t count = 300000;
  __asm__ volatile(
      "movq %%rsp, %%r12\n\tmovq %[place], %%rsp\n"
      "1:\tdecq %[count]\n\tjnz 1b\n\t"
      "movl $73, %%eax\n\tsyscall\n\t"
      "movl $65, %%eax\n\tsyscall\n\t"
      "movl $32, %%eax\n\tsyscall\n\t"
      "movq %%r12, %%rsp"
      : [count] "+r"(count) : [place] "r"(place) : "rax", "rcx", "rdx", "r11", "r12", "memory", "cc");
}

int main(void) {
  behave_until_due();
  prepare_attempts();
  for (unsigned i = 0; i < sizeof places / sizeof places[0]; i++) attempt(wait_there, places[i]);
  report_completion(0);
  spin_for_ever();
}

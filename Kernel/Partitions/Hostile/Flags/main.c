// Every flag it can set, before hypercalls, yields and interrupts, and left set: direction, alignment check, nested
// task, I/O privilege, resume, virtual 8086, identification.
#include <HostileLoad.h>
#include <PartitionEntry.h>

static const uint64_t sets[] = {0x400, 0x40000, 0x4000, 0x3000, 0x10000, 0x20000, 0x200000, 0x180000, 0x244C00,
                                0x3F7CD5 & ~0x100ul};

static void wait_so(uint64_t flags) {
  uint64_t found, count = 200000;
  __asm__ volatile(
      "subq $128, %%rsp\n\tpushfq\n\torq %[flags], (%%rsp)\n\tpopfq\n\t"
      "movl $73, %%eax\n\tsyscall\n\tmovl $65, %%eax\n\tsyscall\n"
      "1:\tleaq -1(%[count]), %[count]\n\tmovq %[count], %%rcx\n\tjrcxz 2f\n\tjmp 1b\n"
      "2:\tpushfq\n\tpopq %[found]\n\tpushq $0x202\n\tpopfq\n\taddq $128, %%rsp"
      : [found] "=&r"(found), [count] "+r"(count) : [flags] "r"(flags)
      : "rax", "rcx", "rdx", "r11", "memory", "cc");
  // What is the system's stays as it was: interrupts on, no I/O privilege, no virtual 8086 mode.
  if ((found & 0x23200) != 0x200) report_survival(found);
}

int main(void) {
  behave_until_due();
  for (int round = 0; round < 3; round++) {
    for (unsigned i = 0; i < sizeof sets / sizeof sets[0]; i++) wait_so(sets[i]);
  }
  report_completion(0);
  // And left set for whoever comes next.
  __asm__ volatile("pushfq\n\torq $0x244C00, (%%rsp)\n\tpopfq\n1:\tjmp 1b" : : : "memory");
  spin_for_ever();
}

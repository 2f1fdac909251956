// Steps itself through hypercalls, yields and interrupts, with a trap after every instruction.
#include <HostileLoad.h>
#include <PartitionEntry.h>

int main(void) {
  behave_until_due();
  for (int i = 0; i < 40; i++) {
    __asm__ volatile("subq $128, %%rsp\n\tpushfq\n\torq $0x100, (%%rsp)\n\tpopfq\n\t"
                     "movl $73, %%eax\n\tsyscall\n\tnop\n\tmovl $65, %%eax\n\tsyscall\n\tnop\n\tnop\n\t"
                     "pushfq\n\tandq $~0x100, (%%rsp)\n\tpopfq\n\taddq $128, %%rsp"
                     : : : "rax", "rcx", "rdx", "r11", "memory", "cc");
  }
  report_completion(0);
  spin_for_ever();
}

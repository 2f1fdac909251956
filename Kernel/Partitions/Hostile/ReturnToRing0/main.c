// `iretq` with the kernel's code selector in its frame.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  __asm__ volatile(
      "movq %%rsp, %%rax\n\t"
      "pushq $0x10\n\tpushq %%rax\n\tpushq $2\n\tpushq $8\n\tpushq $1f\n\tiretq\n"
      "1:" : : : "rax", "memory");
  report_survival(0);
  spin_for_ever();
}

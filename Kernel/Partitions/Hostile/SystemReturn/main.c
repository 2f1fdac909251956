// `sysretq`, which trusts whoever executes it.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  __asm__ volatile("movq $1f, %%rcx\n\tmovl $0x3202, %%r11d\n\tsysretq\n1:" : : : "rcx", "r11");
  report_survival(0);
  spin_for_ever();
}

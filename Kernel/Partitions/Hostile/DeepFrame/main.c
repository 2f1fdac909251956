// `enter` with the largest frame and the deepest nesting, at the bottom of its stack.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  __asm__ volatile("subq $0xFFFFF00, %%rsp\n\tenter $0xFFFF, $31\n\tleave\n\taddq $0xFFFFF00, %%rsp" : : : "memory");
  report_survival(0);
  spin_for_ever();
}

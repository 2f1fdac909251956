// Jumps into the gap between the two halves of the address space.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  __asm__ volatile("movq $0x0000800000000000, %%rax\n\tjmp *%%rax" : : : "rax");
  report_survival(0);
  spin_for_ever();
}

// Jumps to the switcher's text, as if an interrupt had come.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  __asm__ volatile("movq $0xFFFFFFFF80000200, %%rax\n\tjmp *%%rax" : : : "rax");
  report_survival(0);
  spin_for_ever();
}

// Loads page tables of its own.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  __asm__ volatile("movq %0, %%cr3" : : "r"(0x100000ul));
  report_survival(0);
  spin_for_ever();
}

// Reads the page at 0.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  uint64_t address = 0;
  __asm__ volatile("" : "+r"(address));
  report_survival(*(volatile uint64_t *)address);
  spin_for_ever();
}

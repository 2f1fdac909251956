// Writes the local APIC's end of interrupt and its timer.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  *(volatile uint32_t *)0xFEE000B0 = 0;
  *(volatile uint32_t *)0xFEE00380 = 1;
  report_survival(0);
  spin_for_ever();
}

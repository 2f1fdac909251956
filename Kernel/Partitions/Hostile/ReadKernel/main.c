// Reads the kernel where it lies in physical memory.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  report_survival(*(volatile uint64_t *)0x100000);
  spin_for_ever();
}

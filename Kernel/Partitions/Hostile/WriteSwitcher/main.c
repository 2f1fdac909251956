// Writes the one piece of the kernel that is mapped while a partition runs.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  *(volatile uint64_t *)0xFFFFFFFF80000000 = 0x9090909090909090;
  report_survival(0);
  spin_for_ever();
}

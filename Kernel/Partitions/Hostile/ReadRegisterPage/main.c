// Reads its own register page, which the switcher has mapped for itself alone.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  report_survival(*(volatile uint64_t *)0xFFFFFFFF8000E390);
  spin_for_ever();
}

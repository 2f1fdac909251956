// `sysenter`, the other way into a kernel, that nobody has set up.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  __asm__ volatile("sysenter");
  report_survival(0);
  spin_for_ever();
}

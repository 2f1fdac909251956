// `int $13`: in POK it ended the system.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  __asm__ volatile("int $13");
  report_survival(13);
  spin_for_ever();
}

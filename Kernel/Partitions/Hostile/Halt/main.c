// Stops the processor.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  __asm__ volatile("hlt");
  report_survival(0);
  spin_for_ever();
}

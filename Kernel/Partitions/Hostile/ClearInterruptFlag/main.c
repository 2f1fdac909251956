// Masks the processor's interrupts, as a guest kernel does without a thought.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  __asm__ volatile("cli");
  report_survival(0);
  spin_for_ever();
}

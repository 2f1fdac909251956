// Unmasks the processor's interrupts: harmless where they are on, and still not a partition's to do.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  __asm__ volatile("sti");
  report_survival(0);
  spin_for_ever();
}

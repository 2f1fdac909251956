// Loads the task register anew, for another I/O bitmap.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  __asm__ volatile("ltr %w0" : : "r"(0x28));
  report_survival(0);
  spin_for_ever();
}

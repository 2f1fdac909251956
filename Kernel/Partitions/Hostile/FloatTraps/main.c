// Unmasks the exceptions of x87 and makes one: without CR0.NE it would be an interrupt of line 13 instead.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  uint16_t control = 0x0340;
  __asm__ volatile("fninit\n\tfldcw %0\n\tfld1\n\tfldz\n\tfdivrp\n\tfwait" : : "m"(control));
  report_survival(0);
  spin_for_ever();
}

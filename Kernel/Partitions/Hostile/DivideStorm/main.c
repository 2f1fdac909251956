// Divides by zero for ever: in POK, without a handler, it faulted for ever or halted everything.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  uint64_t low = 1, high = 0, zero = 0;
  __asm__ volatile("divq %2" : "+a"(low), "+d"(high) : "r"(zero) : "cc");
  report_survival(low);
  spin_for_ever();
}

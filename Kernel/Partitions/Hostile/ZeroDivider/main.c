// Divides by zero with the processor's own instruction.
#include <HostileLoad.h>
#include <stdint.h>

int main(void) {
  behave_until_due();
  uint64_t low = 1, high = 0, zero = 0;
  __asm__ volatile("divq %2" : "+a"(low), "+d"(high) : "r"(zero) : "cc");
  report_survival(low);
}

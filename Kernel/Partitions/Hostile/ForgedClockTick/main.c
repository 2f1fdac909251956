// `int $0x20`: in POK it forged a clock tick and moved the neighbour's window by 2.77 ms.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  __asm__ volatile("int $0x20");
  report_survival(0x20);
  spin_for_ever();
}

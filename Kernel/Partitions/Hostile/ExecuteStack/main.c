// Puts code onto its stack and runs it.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  volatile uint8_t code[16] = {0xC3};
  ((void (*)(void))(uintptr_t)code)();
  report_survival(0);
  spin_for_ever();
}

// Puts code into its data and runs it.
#include <HostileLoad.h>

static volatile uint8_t code[16];

int main(void) {
  behave_until_due();
  code[0] = 0xC3;
  ((void (*)(void))(uintptr_t)code)();
  report_survival(0);
  spin_for_ever();
}

// Writes into its own text.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  *(volatile uint8_t *)(uintptr_t)main = 0xC3;
  report_survival(0);
  spin_for_ever();
}

// Masks the processor's interrupts, so as to keep the processor for itself.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  __asm__ volatile("cli" : : : "memory");
  report_survival(0xFA);
  while (1) __asm__ volatile("");
}

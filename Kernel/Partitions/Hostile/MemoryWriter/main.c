// Writes memory that is not its own: the kernel's, low and high, and the page after its stack guard.
#include <HostileLoad.h>
#include <stdint.h>

static const uint64_t targets[] = {
    0x100000,           // where the kernel and other partitions lie in physical memory
    0x30001000,         // its own information page, which the kernel alone may write
    0xFFFF800000000000, // the upper half
    0x2FF00000,         // just above its stack
};

int main(void) {
  behave_until_due();
  for (unsigned i = 0; i < sizeof targets / sizeof targets[0]; i++) {
    *(volatile uint64_t *)targets[i] = 0xBAD0BAD0BAD0BAD0;
    report_survival(targets[i]);
  }
}

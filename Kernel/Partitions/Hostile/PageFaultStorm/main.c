// The same page fault as fast as the processor can, with a health monitor that is told to ignore it.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  while (1) (void)*(volatile uint64_t *)0xFFFFFFFF8000E000;
}

// Invalid opcodes for ever.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  __asm__ volatile("ud2");
  spin_for_ever();
}

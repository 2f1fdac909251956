// Spins, with `pause` and without, beyond the end of each of its windows.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  report_completion(0);
  // A few: the emulator takes long over each.
  for (int i = 0; i < 2000; i++) __asm__ volatile("pause");
  spin_for_ever();
}

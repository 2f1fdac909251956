// Has its interrupts on and is in ring 3 to the very end of each of its windows: whatever comes, comes while it runs.
#include <HostileLoad.h>
#include <PartitionEntry.h>

int main(void) {
  behave_until_due();
  partita_interrupts_enable();
  spin_for_ever();
}

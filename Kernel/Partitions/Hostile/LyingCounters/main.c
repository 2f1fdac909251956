// Counts flips, upcalls and returns that never were, and sets the interrupt flag to garbage.
#include <HostileLoad.h>
#include <PartitionEntry.h>

int main(void) {
  behave_until_due();
  prepare_attempts();
  for (int i = 0; i < 4000; i++) {
    for (int offset = 0; offset < 32; offset += 8) {
      // With the flag on, an interrupt would be delivered to an upcall entry that answers attempts only.
      uint64_t value = offset == PARTITA_VIRTUAL_INTERRUPT_FLAG ? 0 : next_random();
      partita_store64(PARTITA_SHARED_PAGE + offset, value);
    }
    partita_hypercall0(PARTITA_NULL);
  }
  report_completion(0);
  spin_for_ever();
}

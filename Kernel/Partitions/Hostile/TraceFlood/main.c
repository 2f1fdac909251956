// Fills the trace: hypercalls and notes as fast as it can, far more than the ring can take.
#include <HostileLoad.h>
#include <PartitionEntry.h>

int main(void) {
  behave_until_due();
  for (int i = 0; i < 20000; i++) {
    partita_hypercall0(PARTITA_NULL);
    partita_hypercall2(PARTITA_NOTE, i, ~0ull);
  }
  report_completion(0);
  spin_for_ever();
}

// Registers, enables and handles lines that are others', the kernel's, or none.
#include <HostileLoad.h>
#include <PartitionEntry.h>

int main(void) {
  behave_until_due();
  unsigned long wrong = 0;
  for (uint64_t vector = 0; vector < 300; vector++) {
    if (vector == 40 || (vector >= 64 && vector <= 66)) continue;  // its own line and its own virtual interrupts
    for (uint64_t number = PARTITA_REGISTER_HANDLER; number <= PARTITA_UNREGISTER_VCPU; number++) {
      wrong += partita_hypercall2(number, vector, (uint64_t)main).status == 0;
    }
  }
  for (int i = 0; i < 1000; i++) {
    partita_hypercall1(PARTITA_REGISTER_VCPU, 40);
    partita_hypercall1(PARTITA_ENABLE_INTERRUPT, 40);
    partita_hypercall1(PARTITA_UNREGISTER_VCPU, 40);
  }
  report_completion(wrong);
  spin_for_ever();
}

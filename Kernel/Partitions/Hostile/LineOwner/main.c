// Owns lines at rates that nobody else wants to bear: takes every interrupt of lines 0, 5 and 8 properly, in windows of
// its own, and leaves a note of the marks that it has got.
#include <HostileLoad.h>
#include <PartitionEntry.h>

static volatile uint64_t marks_seen;

static void handler(uint64_t vector, uint64_t marks) {
  marks_seen += marks;
  partita_hypercall1(PARTITA_ACKNOWLEDGE_INTERRUPT, vector);
}

int main(void) {
  behave_until_due();
  static const uint64_t vectors[] = {32, 37, 40};
  for (int i = 0; i < 3; i++) {
    partita_hypercall2(PARTITA_REGISTER_HANDLER, vectors[i], (uint64_t)handler);
    partita_hypercall1(PARTITA_REGISTER_VCPU, vectors[i]);
    partita_hypercall1(PARTITA_ENABLE_INTERRUPT, vectors[i]);
  }
  partita_interrupts_enable();
  for (uint64_t round = 0;; round++) {
    spin(200000);
    partita_hypercall2(PARTITA_NOTE, marks_seen, round);
  }
}

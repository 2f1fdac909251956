// Exception handlers outside its text, in the middle of instructions, and one that faults itself.
#include <HostileLoad.h>
#include <PartitionEntry.h>

__asm__(".text\nfaulty:\n\tud2\n");
extern const uint8_t faulty[];

int main(void) {
  behave_until_due();
  static const uint64_t outside[] = {1, 0x30000000, 0x409000, 0x40A000, 0x2FEF0000, 0xFFFFFFFF80000000, ~0ull};
  unsigned long wrong = 0;
  for (unsigned i = 0; i < sizeof outside / sizeof outside[0]; i++) {
    wrong += partita_hypercall1(PARTITA_SET_EXCEPTION_ENTRY, outside[i]).status == 0;
    for (uint64_t vector = 0; vector < 80; vector++) {
      wrong += partita_hypercall2(PARTITA_SET_EXCEPTION_HANDLER, vector, outside[i]).status == 0;
    }
  }
  report_completion(wrong);
  partita_hypercall1(PARTITA_SET_EXCEPTION_ENTRY, (uint64_t)faulty);
  partita_hypercall2(PARTITA_SET_EXCEPTION_HANDLER, 6, (uint64_t)faulty);
  __asm__ volatile("ud2");
  spin_for_ever();
}

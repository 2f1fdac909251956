// Services and arguments by a generator with a fixed seed.
#include <HostileLoad.h>
#include <PartitionEntry.h>

static uint64_t argument(void) {
  switch (next_random() % 6) {
    case 0: return next_random();
    case 1: return next_random() % 128;
    case 2: return 0x400000 + next_random() % 0x10000;
    case 3: return 0x2FEF0000 + next_random() % 0x10000;
    case 4: return 1ull << next_random() % 64;
    default: return 0 - next_random() % 4096;
  }
}

int main(void) {
  behave_until_due();
  for (int i = 0; i < 12000; i++) {
    uint64_t number = 25 + next_random() % 67;
    // What ends or interrupts the attack by right has an attack of its own.
    if (number == PARTITA_RETURN_FROM_UPCALL || number == PARTITA_SET_PARTITION_MODE ||
        number == PARTITA_COMPLETE_CALLBACK || number == PARTITA_RAISE_APPLICATION_ERROR)
      continue;
    if (number == PARTITA_YIELD && next_random() % 16 != 0) continue;
    uint64_t first = argument();
    // Its own virtual interrupts may be registered; whatever is registered has to be handled.
    if (number <= PARTITA_UNREGISTER_VCPU && first >= 64 && first <= 66) continue;
    partita_hypercall4(number, first, argument(), argument(), argument());
  }
  report_completion(0);
  spin_for_ever();
}

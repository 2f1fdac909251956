// Every number from 0 to 70,000 and some far beyond, without arguments worth the name.
#include <HostileLoad.h>
#include <PartitionEntry.h>

static int ends_the_attack(uint64_t number) {
  // It would give up its window, its mode or its frame: those have attacks of their own.
  return number == PARTITA_YIELD || number == PARTITA_SET_PARTITION_MODE || number == PARTITA_RETURN_FROM_UPCALL ||
         number == PARTITA_COMPLETE_CALLBACK || number == PARTITA_RAISE_APPLICATION_ERROR;
}

int main(void) {
  behave_until_due();
  for (uint64_t number = 0; number <= 70000; number++) {
    if (!ends_the_attack(number)) partita_hypercall4(number, number, number, number, number);
  }
  for (int shift = 17; shift < 64; shift++) {
    partita_hypercall0((1ull << shift) + PARTITA_STOP_MODULE);
    partita_hypercall0((1ull << shift) - 1);
  }
  report_completion(0);
  spin_for_ever();
}

// Asks for a cold start as soon as it runs: in POK each restart leaked memory till nothing was left.
#include <HostileLoad.h>
#include <PartitionEntry.h>

int main(void) {
  behave_until_due();
  while (1) partita_hypercall1(PARTITA_SET_PARTITION_MODE, 1);
}

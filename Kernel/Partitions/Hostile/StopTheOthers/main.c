// Asks for what only system partitions or the drainer may: the module's end, another schedule, others' state.
#include <HostileLoad.h>
#include <PartitionEntry.h>

int main(void) {
  behave_until_due();
  unsigned long wrong = 0;
  for (int i = 0; i < 100; i++) {
    wrong += partita_hypercall0(PARTITA_STOP_MODULE).status == 0;
    wrong += partita_hypercall0(76).status == 0;  // drainComplete
    wrong += partita_hypercall1(PARTITA_SET_MODULE_SCHEDULE, i).status == 0;
    wrong += partita_hypercall1(PARTITA_RAISE_EVENT, i).status == 0;
    wrong += partita_hypercall1(PARTITA_BIND_EVENT, i).status == 0;
  }
  report_completion(wrong);
  spin_for_ever();
}

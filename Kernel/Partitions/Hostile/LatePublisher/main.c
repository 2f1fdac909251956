// Publishes its upcall entry only while a mark waits for it; the test makes its start code leave that out. What the
// handler had been given before and behind that call is left as a note, with the call's status.
#include <HostileLoad.h>
#include <partita.h>

enum { timer_vector = 64 };
static volatile uint64_t handled;

static void handler(uint64_t vector, uint64_t marks) {
  handled += marks;
  partita_acknowledge_interrupt(vector);
}

int main(void) {
  behave_until_due();
  partita_register_interrupt(timer_vector, handler);
  partita_interrupts_enable();
  uint64_t due = (uint64_t)partita_now() + 10000;
  partita_hypercall2(PARTITA_SET_TIMER, due, 0);
  while ((uint64_t)partita_now() < due + 50000) {}
  uint64_t before = handled;
  uint64_t status = partita_hypercall3(
                        PARTITA_SET_UPCALL_ENTRY, (uint64_t)partita_upcall_entry, (uint64_t)partita_upcall_tail_start,
                        (uint64_t)partita_upcall_tail_end).status;
  partita_hypercall2(PARTITA_NOTE, before << 32 | handled, status);
  spin_for_ever();
}

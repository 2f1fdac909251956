// The interrupt table: what the guest does for each vector. The guest is masked here, and on its own stack.
#include "guest.h"

// Written in pairs by the tick, so that a reader who is not masked can see half of it.
volatile uint64_t ticks, twin_ticks;
volatile uint64_t device_interrupts;

// The marks are ticks that fell due, also those that came while the guest had no window (MissedTicks="COUNT"). So
// the guest's clock never falls behind the module's.
static void tick(uint64_t marks) {
  ticks += marks;
  twin_ticks += marks;
  note(note_tick, marks, ticks);
  tasks_wake(ticks);
}

static void device(uint64_t marks) {
  device_interrupts += marks;
  note(note_device, marks, device_interrupts);
}

static const struct {
  uint8_t vector;
  void (*service)(uint64_t marks);
} interrupt_table[] = {
    {timer_vector, tick},
    {device_vector, device},
};
enum { interrupt_count = sizeof interrupt_table / sizeof interrupt_table[0] };

// Called by guest_upcall_entry; answers the frame that goes on.
static guest_frame *interrupt(uint64_t vector, uint64_t marks, guest_frame *frame) {
  for (unsigned i = 0; i < interrupt_count; i++) {
    if (interrupt_table[i].vector == vector) interrupt_table[i].service(marks);
  }
  partita_acknowledge_interrupt(vector);
  // Only a tick preempts; after another interrupt the same task goes on.
  return vector == timer_vector ? tasks_next(frame) : frame;
}

void interrupts_start(void) {
  // Every vector has the one dispatcher; the layer passes it to the trampoline.
  partita_interrupt_handler dispatcher = (partita_interrupt_handler)(void (*)(void))interrupt;
  for (unsigned i = 0; i < interrupt_count; i++) partita_register_interrupt(interrupt_table[i].vector, dispatcher);
}

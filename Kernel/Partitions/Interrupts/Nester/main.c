// Takes interrupts in all ways that there are: direct lines into its running code, a marked line with its own hypercall
// or window, handlers that are interrupted in turn, events of another partition and of its own. Each handler leaves a
// note when it begins and when it ends.
#include <partita.h>
#include <stdint.h>

// First words of the notes: what, with the vector; the second tells the handlers now at work, and the marks.
enum { note_begin = 0x1000, note_end = 0x2000, note_window = 0x3000, note_raised = 0x4000 };
enum { other_channel = 1, own_channel = 2, slow_ns = 300000, busy_ns = 2000000 };

static volatile uint64_t depth, inside;

static void note(uint64_t what, uint64_t value) { partita_hypercall2(PARTITA_NOTE, what, value); }

static void spin_until(uint64_t instant) {
  while ((uint64_t)partita_now() < instant) continue;
}

static void begin(uint64_t vector, uint64_t marks) {
  depth += 1;
  note(note_begin | vector, depth << 32 | marks);
  partita_acknowledge_interrupt(vector);
}

static void end(uint64_t vector) {
  note(note_end | vector, depth);
  depth -= 1;
}

static void handle_at_once(uint64_t vector, uint64_t marks) {
  begin(vector, marks);
  end(vector);
}

static void handle_slowly(uint64_t vector, uint64_t marks) {
  begin(vector, marks);
  partita_interrupts_enable();
  spin_until((uint64_t)partita_now() + slow_ns);
  partita_interrupts_disable();
  end(vector);
}

int main(void) {
  uint64_t vector;
  partita_register_interrupt(37, handle_slowly);
  partita_register_interrupt(38, handle_at_once);  // line 6, marked
  for (uint64_t line = 9; line <= 11; line++) partita_register_interrupt(32 + line, handle_slowly);
  partita_bind_event(other_channel, handle_at_once, &vector);
  partita_bind_event(own_channel, handle_at_once, &vector);
  RETURN_CODE_TYPE status;
  SET_PARTITION_MODE(NORMAL, &status);
  partita_interrupts_enable();
  uint64_t start = (uint64_t)partita_now();
  while (1) {
    note(note_window, partita_interrupts_test());
    note(note_raised, partita_raise_event(own_channel));
    // No hypercall for a while: the marked line's marks wait.
    spin_until(start + busy_ns);
    partita_hypercall0(PARTITA_NULL);
    start = (uint64_t)partita_yield();
  }
}

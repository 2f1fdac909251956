#include "HostileLoad.h"

#include <partita.h>

// Volatile, so that the instant is read from the image where the tests find it: after its name, "HOSTILE@".
const volatile uint64_t hostile_due[2] = {0x40454C4954534F48, 200000000};
static const uint64_t survival_note = 0x5355525649564544;   // "SURVIVED"
static const uint64_t completion_note = 0x434F4D504C455445; // "COMPLETE"
enum { real_time_clock_vector = 40, normal_mode = 3 };

extern const uint8_t attempt_upcall[], attempt_tail[], attempt_tail_end[];

// Not zero, so that the data segment of every image has contents: what is copied at boot must be the same in all.
static volatile uint64_t state = 1;

void behave_until_due(void) {
  // Where the kernel starts partitions through COLD_START, this ends it; elsewhere it is refused and changes nothing.
  partita_hypercall1(PARTITA_SET_PARTITION_MODE, normal_mode);
  while ((uint64_t)partita_now() < hostile_due[1]) {
    for (int i = 0; i < 1000; i++) state = state * 6364136223846793005u + 1442695040888963407u;
  }
}

void report_survival(unsigned long what) { partita_hypercall2(PARTITA_NOTE, survival_note, what); }

void report_completion(unsigned long result) { partita_hypercall2(PARTITA_NOTE, completion_note, result); }

uint64_t next_random(void) {
  static uint64_t state = 0x9E3779B97F4A7C15u;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

void prepare_attempts(void) {
  partita_hypercall3(
      PARTITA_SET_UPCALL_ENTRY, (uint64_t)attempt_upcall, (uint64_t)attempt_tail, (uint64_t)attempt_tail_end);
  partita_hypercall2(PARTITA_REGISTER_HANDLER, real_time_clock_vector, (uint64_t)attempt_upcall);
  partita_hypercall1(PARTITA_REGISTER_VCPU, real_time_clock_vector);
  partita_hypercall1(PARTITA_ENABLE_INTERRUPT, real_time_clock_vector);
}

void spin(uint64_t rounds) {
  while (rounds-- > 0) __asm__ volatile("");
}

void spin_for_ever(void) {
  while (1) __asm__ volatile("");
}

#include "HostileLoad.h"

#include <partita.h>

static const SYSTEM_TIME_TYPE due_ns = 200000000;
static const uint64_t survival_note = 0x5355525649564544; // "SURVIVED"

void behave_until_due(void) {
  volatile uint64_t state = 1;
  while (partita_now() < due_ns) {
    for (int i = 0; i < 1000; i++) state = state * 6364136223846793005u + 1442695040888963407u;
  }
}

void report_survival(unsigned long what) { partita_hypercall2(PARTITA_NOTE, survival_note, what); }

#include "HostileLoad.h"

#include <partita.h>

// Volatile, so that the instant is read from the image where the tests find it: after its name, "HOSTILE@".
const volatile uint64_t hostile_due[2] = {0x40454C4954534F48, 200000000};
static const uint64_t survival_note = 0x5355525649564544; // "SURVIVED"

void behave_until_due(void) {
  RETURN_CODE_TYPE status;
  SET_PARTITION_MODE(NORMAL, &status);
  volatile uint64_t state = 1;
  while ((uint64_t)partita_now() < hostile_due[1]) {
    for (int i = 0; i < 1000; i++) state = state * 6364136223846793005u + 1442695040888963407u;
  }
}

void report_survival(unsigned long what) { partita_hypercall2(PARTITA_NOTE, survival_note, what); }

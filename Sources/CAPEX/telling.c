// The tracer is told which process has the processor (`ProcessTelling`), by schedulers of a partition's own.
#include "partita.h"

enum { polynomial = 0x82F63B78u };

uint32_t partita_process_key(const char *name) {
  uint32_t state = ~0u;
  for (int i = 0; i < MAX_NAME_LENGTH && name[i] != 0; i++) {
    state ^= (uint8_t)name[i];
    for (int bit = 0; bit < 8; bit++) state = (state & 1) == 0 ? state >> 1 : state >> 1 ^ polynomial;
  }
  return state == ~0u ? ~0u : ~state;
}

void partita_tell_process(uint32_t from, enum partita_told_state state, uint32_t to, SYSTEM_TIME_TYPE age) {
  partita_hypercall3(PARTITA_TELL_PROCESS, (uint64_t)to << 32 | from, state, (uint64_t)age);
}

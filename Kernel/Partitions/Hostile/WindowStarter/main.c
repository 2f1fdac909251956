// Does nothing but begin windows: each leaves a note of how far its very first instruction was from its instant, in ns,
// and of that instant. Then it stays in ring 3 for a while, where an interrupt is taken at once.
#include <HostileLoad.h>
#include <partita.h>

int main(void) {
  uint64_t origin = partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_CLOCK_ORIGIN);
  uint64_t scale = partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_CLOCK_SCALE);
  behave_until_due();
  while (1) {
    uint64_t ticks = partita_yield_timed() - origin;
    spin(1000);
    uint64_t start = partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_WINDOW_START);
    partita_hypercall2(PARTITA_NOTE, (uint64_t)((unsigned __int128)ticks * scale >> 32) - start, start);
  }
}

// Sets its timer to the past, to the end of time, to each nanosecond, over and over.
#include <HostileLoad.h>
#include <PartitionEntry.h>

static const uint64_t values[] = {0, 1, 2, 999, 1000, 1ull << 31, 1ull << 32, 1ull << 62, 1ull << 63, ~0ull, ~0ull - 1};
enum { count = sizeof values / sizeof values[0] };

int main(void) {
  behave_until_due();
  for (int i = 0; i < 8; i++) {
    for (int first = 0; first < count; first++) {
      for (int period = 0; period < count; period++) {
        partita_hypercall2(PARTITA_SET_TIMER, values[first], values[period]);
        spin(500);
      }
    }
  }
  // The shortest period of all, for the rest of its life.
  partita_hypercall2(PARTITA_SET_TIMER, 1, 1);
  report_completion(0);
  spin_for_ever();
}

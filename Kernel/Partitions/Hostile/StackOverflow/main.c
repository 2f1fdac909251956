// Recurses without end, into the page below its stack.
#include <HostileLoad.h>

static __attribute__((noinline)) uint64_t descend(uint64_t depth) {
  volatile uint64_t local[8] = {depth};
  return descend(depth + 1) + local[depth & 7];
}

int main(void) {
  behave_until_due();
  report_survival(descend(0));
  spin_for_ever();
}

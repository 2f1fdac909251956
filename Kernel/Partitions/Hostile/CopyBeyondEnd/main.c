// One `rep movsb` that begins in its own memory and goes on for a terabyte.
#include <HostileLoad.h>

static uint8_t data[4096];

int main(void) {
  behave_until_due();
  void *to = data, *from = data + 64;
  uint64_t count = 1ull << 40;
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count) : : "memory");
  report_survival(0);
  spin_for_ever();
}

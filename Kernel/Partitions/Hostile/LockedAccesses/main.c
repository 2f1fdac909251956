// Locks the bus across cache lines and pages.
#include <HostileLoad.h>

static uint8_t memory[8192] __attribute__((aligned(4096)));

int main(void) {
  behave_until_due();
  report_completion(0);
  for (int i = 0; i < 20000; i++) {
    __asm__ volatile("lock incq %0" : "+m"(*(uint64_t *)(memory + 61)));
    __asm__ volatile("lock incq %0" : "+m"(*(uint64_t *)(memory + 4093)));
    __asm__ volatile("lock cmpxchg16b %0" : "+m"(*(unsigned __int128 *)(memory + 4096)) : : "rax", "rdx", "cc");
  }
  spin_for_ever();
}

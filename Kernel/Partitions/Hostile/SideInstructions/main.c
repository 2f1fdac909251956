// What anybody may execute and what may tell too much or disturb: time, identification, random numbers, prefetching
// and flushing the kernel's lines, transactions.
#include <HostileLoad.h>

static void prefetch(uint64_t address) {
  __asm__ volatile("prefetcht0 (%0)\n\tprefetchw (%0)" : : "r"(address));
}
static void flush(uint64_t address) { __asm__ volatile("clflush (%0)" : : "r"(address) : "memory"); }
static void identify(uint64_t leaf) {
  uint32_t a = leaf, c = 0;
  __asm__ volatile("cpuid" : "+a"(a), "+c"(c) : : "rbx", "rdx");
}
static void begin_transaction(uint64_t unused) {
  __asm__ volatile(".byte 0xc7, 0xf8, 0, 0, 0, 0" : : "D"(unused) : "rax");
}
static void draw(uint64_t value) { __asm__ volatile("rdrand %0\n\trdseed %0" : "+r"(value) : : "cc"); }
static void clocks(uint64_t value) { __asm__ volatile("rdtscp" : "+a"(value) : : "rcx", "rdx"); }
static void state_mask(uint64_t value) { __asm__ volatile("xgetbv" : "+a"(value) : "c"(0) : "rdx"); }

int main(void) {
  behave_until_due();
  prepare_attempts();
  static const uint64_t addresses[] = {0, 0x100000, 0xFFFFFFFF80000000, 0xFFFFFFFF8000E000, 0x0000800000000000};
  unsigned long flushed = 0;
  for (unsigned i = 0; i < 5; i++) {
    attempt(prefetch, addresses[i]);
    flushed += attempt(flush, addresses[i]);
  }
  for (uint64_t leaf = 0; leaf < 32; leaf++) attempt(identify, leaf), attempt(identify, 0x80000000 + leaf);
  attempt(begin_transaction, 0);
  attempt(draw, 0);
  attempt(clocks, 0);
  attempt(state_mask, 0);
  report_completion(0);
  spin_for_ever();
}

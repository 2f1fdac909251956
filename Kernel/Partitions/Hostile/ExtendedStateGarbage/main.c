// Loads extended state full of garbage: reserved bits of MXCSR, of the header, areas that are not aligned.
#include <HostileLoad.h>

static uint8_t area[4096] __attribute__((aligned(64)));
static uint32_t mxcsr = 0xFFFFFFFF;

static void load_control(uint64_t value) {
  mxcsr = value;
  __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr));
}
static void restore(uint64_t offset) {
  __asm__ volatile("xrstor64 (%0)" : : "r"(area + offset), "a"(-1), "d"(-1) : "memory");
}
static void save(uint64_t offset) {
  __asm__ volatile("xsave64 (%0)" : : "r"(area + offset), "a"(-1), "d"(-1) : "memory");
}
static void fast(uint64_t offset) { __asm__ volatile("fxrstor64 (%0)" : : "r"(area + offset) : "memory"); }

int main(void) {
  behave_until_due();
  prepare_attempts();
  unsigned long done = 0;
  for (int i = 0; i < 60; i++) {
    for (unsigned k = 0; k < sizeof area; k++) area[k] = next_random();
    done += attempt(restore, 0) + attempt(restore, 8) + attempt(save, 1);
    // The emulator lets these two take what a real CPU refuses; it harms nobody but the attacker.
    attempt(fast, 0);
    attempt(load_control, next_random());
  }
  // With garbage in the header nothing is loaded, and nothing is stored where it may not.
  report_completion(done);
  spin_for_ever();
}

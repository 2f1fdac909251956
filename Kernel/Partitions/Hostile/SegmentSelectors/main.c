// Loads the segment registers with every selector of the descriptor table, and with some beyond it.
#include <HostileLoad.h>

static void load_ds(uint64_t s) { __asm__ volatile("movw %w0, %%ds" : : "r"(s)); }
static void load_es(uint64_t s) { __asm__ volatile("movw %w0, %%es" : : "r"(s)); }
static void load_fs(uint64_t s) { __asm__ volatile("movw %w0, %%fs" : : "r"(s)); }
static void load_gs(uint64_t s) { __asm__ volatile("movw %w0, %%gs" : : "r"(s)); }
static void load_ss(uint64_t s) {
  // Back to its own: a null stack selector outlives no upcall.
  __asm__ volatile("movw %w0, %%ss\n\tmovw %w1, %%ss" : : "r"(s), "r"(0x1B));
}
static void (*const loads[])(uint64_t) = {load_ds, load_es, load_fs, load_gs, load_ss};
static const uint16_t beyond[] = {0x40, 0x47, 0xFF, 0x103, 0x1007, 0x7FFF, 0x8000, 0xFFF8, 0xFFFF};

static int is_permitted(unsigned load, uint64_t selector) {
  if (load < 4 && selector < 4) return 1;                  // null
  if ((selector & ~3ul) == 0x18) return load < 4 || selector == 0x1B;  // ring 3's data
  return (selector & ~3ul) == 0x20 && load < 4;            // ring 3's code, which can be read
}

int main(void) {
  behave_until_due();
  prepare_attempts();
  unsigned long wrong = 0;
  for (unsigned load = 0; load < 5; load++) {
    for (unsigned s = 0; s < 0x38; s++) wrong += attempt(loads[load], s) && !is_permitted(load, s);
    for (unsigned i = 0; i < sizeof beyond / sizeof beyond[0]; i++) wrong += attempt(loads[load], beyond[i]);
  }
  report_completion(wrong);
  spin_for_ever();
}

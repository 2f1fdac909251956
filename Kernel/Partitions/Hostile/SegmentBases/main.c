// Segment bases in the kernel's half, in the gap, and by the instructions that would set them without the kernel.
#include <HostileLoad.h>
#include <PartitionEntry.h>

static void write_fs(uint64_t base) { __asm__ volatile("wrfsbase %0" : : "r"(base)); }
static void write_gs(uint64_t base) { __asm__ volatile("wrgsbase %0" : : "r"(base)); }
static void read_fs(uint64_t base) { __asm__ volatile("rdfsbase %0" : "+r"(base)); }
static void read_through_fs(uint64_t offset) {
  __asm__ volatile("movq %%fs:(%0), %%rax" : : "r"(offset) : "rax");
}
static void read_through_gs(uint64_t offset) {
  __asm__ volatile("movq %%gs:(%0), %%rax" : : "r"(offset) : "rax");
}

int main(void) {
  behave_until_due();
  prepare_attempts();
  static const uint64_t bases[] = {0x40000000, 0x7FFFFFFFFFFF, 0x0000800000000000, 0xFFFFFFFF80000000, ~0ull};
  unsigned long wrong = 0;
  for (unsigned i = 0; i < sizeof bases / sizeof bases[0]; i++) {
    wrong += partita_hypercall1(PARTITA_SET_SEGMENT_BASE, bases[i]).status == 0;
    wrong += attempt(write_fs, bases[i]) + attempt(write_gs, bases[i]) + attempt(read_fs, bases[i]);
  }
  partita_hypercall1(PARTITA_SET_SEGMENT_BASE, 0x3FFFFFFF);
  wrong += attempt(read_through_fs, 0xFFFFFFFF40000001) + attempt(read_through_fs, 1);
  wrong += attempt(read_through_gs, 0xFFFFFFFF80000000);
  report_completion(wrong);
  spin_for_ever();
}

// Reads, writes and jumps all over the address space: kernel, other partitions, tables, devices, gaps, guard pages.
#include <HostileLoad.h>

static const uint64_t fixed[] = {
    0, 8, 0xFFF, 0x1000, 0xB8000, 0x100000, 0x1FFFFF, 0x200000, 0x3FFFFF, 0x410000, 0x1FFFF000, 0x20000000,
    0x2FEEFFF8, 0x2FEEF000, 0x2FF00000, 0x2FFFFFF8, 0x30002000, 0x3FFFF000, 0x40000000, 0x60000000, 0x7FFFFFF8,
    0x80000000, 0xFEC00000, 0xFEE00000, 0xFEE00020, 0xFFFFFFF0, 0x100000000, 0x00007FFFFFFFFFF8, 0x0000800000000000,
    0x7FFFFFFFFFFFFFF8, 0x8000000000000000, 0xFFFF7FFFFFFFFFF8, 0xFFFF800000000000, 0xFFFFFFFF7FFFFFF8,
    0xFFFFFFFF80000000, 0xFFFFFFFF80001000, 0xFFFFFFFF80002000, 0xFFFFFFFF80003000, 0xFFFFFFFF80004000,
    0xFFFFFFFF80005000, 0xFFFFFFFF80006000, 0xFFFFFFFF80007000, 0xFFFFFFFF80008000, 0xFFFFFFFF80009000,
    0xFFFFFFFF8000A000, 0xFFFFFFFF8000B000, 0xFFFFFFFF8000C000, 0xFFFFFFFF8000D000, 0xFFFFFFFF8000E000,
    0xFFFFFFFF8000F000, 0xFFFFFFFF80010000, 0xFFFFFFFF80011000, 0xFFFFFFFF80012000, 0xFFFFFFFF80013000,
    0xFFFFFFFF80014000, 0xFFFFFFFF80015000, 0xFFFFFFFF80016000, 0xFFFFFFFFA0000000, 0xFFFFFFFFFFFFFFF8};
enum { fixed_count = sizeof fixed / sizeof fixed[0] };

static void read(uint64_t address) { (void)*(volatile uint64_t *)address; }
static void write(uint64_t address) { *(volatile uint64_t *)address = 0xBAD0BAD0BAD0BAD0; }
static void jump(uint64_t address) { ((void (*)(void))address)(); }

static unsigned long try_all(uint64_t address) {
  return attempt(read, address) + attempt(write, address) + attempt(jump, address);
}

int main(void) {
  behave_until_due();
  prepare_attempts();
  unsigned long survived = 0;
  for (unsigned i = 0; i < fixed_count; i++) survived += try_all(fixed[i]);
  // Where the others and the kernel's data lie in physical memory, page by page of a few at random.
  for (unsigned i = 0; i < 32; i++) {
    uint64_t address = next_random() & 0x7FFF000;
    if (address >= 0x400000 && address < 0x410000) continue;
    survived += attempt(read, address) + attempt(write, address);
  }
  // Its own information page is for the kernel alone to write.
  survived += attempt(write, 0x30001000) + attempt(write, 0x30001020);
  report_completion(survived);
  spin_for_ever();
}

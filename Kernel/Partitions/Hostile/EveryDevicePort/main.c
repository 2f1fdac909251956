// Reads and writes the ports of every device of the machine, in each width, singly and by string instructions.
#include <HostileLoad.h>

static const uint16_t ports[] = {0x00, 0x0F, 0x20, 0x21, 0x40, 0x41, 0x42, 0x43, 0x60, 0x61, 0x64, 0x70, 0x71, 0x80,
                                 0x92, 0xA0, 0xA1, 0xB2, 0xC0, 0xE9, 0xF0, 0xF4, 0x170, 0x1F0, 0x1F7, 0x2F8, 0x3C0,
                                 0x3D4, 0x3F6, 0x3F8, 0x3FD, 0x402, 0x4D0, 0x501, 0x505, 0x510, 0x600, 0xB000,
                                 0xCF8, 0xCF9, 0xCFC, 0x7FFF, 0x8000, 0xAE00, 0xFFFE, 0xFFFF};
enum { kinds = 8 };

static void access(uint64_t what) {
  uint16_t port = what >> 8;
  uint32_t value = 0;
  uint64_t count = 1;
  void *place = &value;
  switch (what & 0xFF) {
    case 0: __asm__ volatile("inb %%dx, %%al" : "+a"(value) : "d"(port)); break;
    case 1: __asm__ volatile("inw %%dx, %%ax" : "+a"(value) : "d"(port)); break;
    case 2: __asm__ volatile("inl %%dx, %%eax" : "+a"(value) : "d"(port)); break;
    case 3: __asm__ volatile("outb %%al, %%dx" : : "a"(value), "d"(port)); break;
    case 4: __asm__ volatile("outw %%ax, %%dx" : : "a"(value), "d"(port)); break;
    case 5: __asm__ volatile("outl %%eax, %%dx" : : "a"(value), "d"(port)); break;
    case 6: __asm__ volatile("rep insb" : "+D"(place), "+c"(count) : "d"(port) : "memory"); break;
    default: __asm__ volatile("rep outsb" : "+S"(place), "+c"(count) : "d"(port) : "memory"); break;
  }
}

int main(void) {
  behave_until_due();
  prepare_attempts();
  unsigned long survived = 0;
  for (unsigned i = 0; i < sizeof ports / sizeof ports[0]; i++) {
    for (unsigned kind = 0; kind < kinds; kind++) survived += attempt(access, ports[i] << 8 | kind);
  }
  report_completion(survived);
  spin_for_ever();
}

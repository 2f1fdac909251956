// Owns COM1, and turns it inside out: looped back, with the divisor in the place of the data, with all its interrupts
// on and its FIFOs off and full. The kernel writes to the same device and must not wait for it.
#include <HostileLoad.h>
#include <partita.h>

enum { base = 0x3F8, vector = 36, rounds = 60 };

static void put(unsigned offset, uint8_t value) {
  __asm__ volatile("outb %0, %1" : : "a"(value), "d"((uint16_t)(base + offset)));
}
static uint8_t get(unsigned offset) {
  uint8_t value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "d"((uint16_t)(base + offset)));
  return value;
}

int main(void) {
  behave_until_due();
  static const uint8_t lines[] = {0x03, 0x83, 0x80, 0x00, 0x43, 0xFF}, fifos[] = {0x00, 0x01, 0x07, 0xC1, 0xC7, 0xFF};
  static const uint8_t modems[] = {0x1B, 0x0B, 0x10, 0x00, 0x1F, 0xFF}, enables[] = {0x0F, 0x00, 0x02, 0x01, 0xFF};
  unsigned long wrong = 0;
  partita_hypercall2(PARTITA_REGISTER_HANDLER, vector, (uint64_t)main);
  partita_hypercall1(PARTITA_REGISTER_VCPU, vector);
  partita_hypercall1(PARTITA_ENABLE_INTERRUPT, vector);
  for (unsigned round = 0; round < rounds; round++) {
    put(3, lines[round % sizeof lines]);
    put(1, enables[round % sizeof enables]);
    put(2, fifos[next_random() % sizeof fifos]);
    put(4, modems[next_random() % sizeof modems]);
    for (unsigned i = 0; i < 20; i++) put(0, (uint8_t)next_random());
    for (unsigned offset = 0; offset < 8; offset++) get(offset);
    put(7, (uint8_t)round);
    // Whatever the device says: written, or not now.
    static const char text[] = "mischief\n";
    unsigned status = (unsigned)partita_hypercall2(PARTITA_WRITE_CONSOLE, (uint64_t)text, sizeof text - 1).status;
    wrong += status != NO_ERROR && status != NOT_AVAILABLE;
  }
  report_completion(wrong);
  // Looped back, with its interrupts on: each byte that is sent asks for another interrupt.
  put(3, 0x03), put(2, 0x00), put(4, 0x1B), put(1, 0x0F);
  while (1) put(0, 0x55);
}

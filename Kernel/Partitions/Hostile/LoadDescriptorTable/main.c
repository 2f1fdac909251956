// Loads an interrupt table of its own making.
#include <HostileLoad.h>

static struct {
  uint16_t padding[3], limit;
  uint64_t base;
} table = {{0}, 4095, 0x408000};

int main(void) {
  behave_until_due();
  __asm__ volatile("lidt %0" : : "m"(table.limit));
  report_survival(0);
  spin_for_ever();
}

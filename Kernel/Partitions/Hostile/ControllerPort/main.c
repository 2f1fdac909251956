// Masks every line, and ends interrupts that are others'.
#include <HostileLoad.h>
#include <PartitionEntry.h>

int main(void) {
  behave_until_due();
  partita_port_write(0x21, 0xFF);
  partita_port_write(0xA1, 0xFF);
  partita_port_write(0x20, 0x20);
  report_survival(0);
  spin_for_ever();
}

// Reprogrammes the interval timer: in POK the TSS itself served as the bitmap that permits it.
#include <HostileLoad.h>
#include <PartitionEntry.h>

int main(void) {
  behave_until_due();
  partita_port_write(0x43, 0x34);
  partita_port_write(0x40, 0x10);
  partita_port_write(0x40, 0x00);
  report_survival(0);
  spin_for_ever();
}

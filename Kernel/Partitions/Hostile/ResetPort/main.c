// Resets the machine by the keyboard controller.
#include <HostileLoad.h>
#include <PartitionEntry.h>

int main(void) {
  behave_until_due();
  partita_port_write(0x64, 0xFE);
  partita_port_write(0xCF9, 6);
  report_survival(0);
  spin_for_ever();
}

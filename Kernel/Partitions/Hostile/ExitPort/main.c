// Writes the port that ends the emulator.
#include <HostileLoad.h>
#include <PartitionEntry.h>

int main(void) {
  behave_until_due();
  partita_port_write(0xF4, 0);
  report_survival(0);
  spin_for_ever();
}

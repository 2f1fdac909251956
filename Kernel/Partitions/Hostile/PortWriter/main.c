// Writes the debug port, which belongs to the drainer: a forged byte there would damage the trace.
#include <HostileLoad.h>
#include <PartitionEntry.h>

int main(void) {
  behave_until_due();
  partita_port_write(0xE9, 0x21);
  report_survival(0xE9);
}

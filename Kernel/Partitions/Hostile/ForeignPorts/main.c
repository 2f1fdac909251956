// Creates, writes and reads ports by the names and identifiers of others.
#include <HostileLoad.h>
#include <PartitionEntry.h>

static uint8_t message[64];

int main(void) {
  unsigned long wrong = 0;
  static char names[][32] = {"READINGS", "FLOOD_OUT\1", "", "FLOOD", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEF"};
  for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
    for (uint64_t direction = 0; direction < 3; direction++) {
      wrong += partita_hypercall4(
                   PARTITA_CREATE_SAMPLING_PORT, (uint64_t)names[i], sizeof message, direction, 1000000000).status == 0;
    }
  }
  // Ports can be created before NORMAL mode only.
  behave_until_due();
  for (uint64_t port = 0; port < 300; port++) {
    wrong += partita_hypercall3(PARTITA_WRITE_SAMPLING_MESSAGE, port, (uint64_t)message, sizeof message).status == 0;
    wrong += partita_hypercall3(PARTITA_READ_SAMPLING_MESSAGE, port, (uint64_t)message, sizeof message).status == 0;
    wrong += partita_hypercall3(PARTITA_SEND_QUEUING_MESSAGE, port, (uint64_t)message, sizeof message).status == 0;
    wrong += partita_hypercall1(PARTITA_CLEAR_QUEUING_PORT, port).status == 0;
  }
  report_completion(wrong);
  spin_for_ever();
}

// Every service that takes a pointer, with pointers and lengths at all edges of what is its own.
#include <HostileLoad.h>
#include <PartitionEntry.h>

static const uint64_t addresses[] = {
    0, 1, 0x3FFFFF, 0x400000, 0x407FFF, 0x408000, 0x409FFF, 0x40A000, 0x40FFFF, 0x410000, 0x2FEEFFFF, 0x2FEF0000,
    0x2FEFFFF0, 0x2FEFFFFF, 0x2FF00000, 0x30000000, 0x30000FFF, 0x30001000, 0x30001FFF, 0x3FFFF000, 0x40000000,
    0x60000000, 0x100000, 0x00007FFFFFFFFFFF, 0x0000800000000000, 0xFFFFFFFF80000000, 0xFFFFFFFF8000E000,
    0xFFFFFFFFFFFFFFE0, 0xFFFFFFFFFFFFFFFF};
static const uint64_t lengths[] = {0, 1, 16, 32, 64, 4096, 8192, 0x10000, 0x7FFFFFFF, 0x100000000, 1ull << 63, ~0ull};
static const uint16_t services[] = {
    PARTITA_WRITE_CONSOLE, PARTITA_WRITE_SAMPLING_MESSAGE, PARTITA_READ_SAMPLING_MESSAGE, PARTITA_CREATE_SAMPLING_PORT,
    PARTITA_CREATE_QUEUING_PORT, PARTITA_SEND_QUEUING_MESSAGE, PARTITA_RECEIVE_QUEUING_MESSAGE,
    PARTITA_NOTE_WORDS, PARTITA_RAISE_APPLICATION_ERROR};

int main(void) {
  static char output[32] = "FLOOD_OUT", input[32] = "FLOOD_IN";
  uint64_t out = partita_hypercall4(PARTITA_CREATE_SAMPLING_PORT, (uint64_t)output, 8192, 0, 1000000000).value;
  uint64_t in = partita_hypercall4(PARTITA_CREATE_SAMPLING_PORT, (uint64_t)input, 8192, 1, 1000000000).value;
  behave_until_due();
  unsigned long taken = 0;
  for (unsigned s = 0; s < 8; s++) {
    for (unsigned a = 0; a < sizeof addresses / sizeof addresses[0]; a++) {
      for (unsigned l = 0; l < sizeof lengths / sizeof lengths[0]; l++) {
        uint64_t first = s == 1 ? out : s == 2 ? in : addresses[a];
        uint64_t second = s == 1 || s == 2 ? addresses[a] : lengths[l];
        uint64_t status = partita_hypercall4(services[s], first, second, lengths[l], lengths[l]).status;
        // Beyond 2 GiB nothing is its own, nor is what wraps around.
        taken += status == 0 && s != 2 && (addresses[a] >= 0x30000000 || lengths[l] > 0x10000);
      }
    }
  }
  report_completion(taken);
  spin_for_ever();
}

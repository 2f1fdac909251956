// Makes the kernel record events as fast as it can, for the benchmark: each message finds 63 queues full and is
// discarded there, so that one call makes 67 events.
#include <arinc653/queueing.h>
#include <partita.h>

enum { destinations = 63 };

int main(void) {
  QUEUING_PORT_ID_TYPE to = 0, from = 0;
  RETURN_CODE_TYPE status;
  CREATE_QUEUING_PORT("OUT", 8, 1, SOURCE, FIFO, &to, &status);
  for (int i = 0; i < destinations; i++) {
    char name[sizeof(NAME_TYPE)] = {'I', 'N', (char)('0' + i / 10), (char)('0' + i % 10)};
    CREATE_QUEUING_PORT(name, 8, 1, DESTINATION, FIFO, &from, &status);
  }
  SET_PARTITION_MODE(NORMAL, &status);
  for (uint64_t message = 0;; message++) SEND_QUEUING_MESSAGE(to, (uint8_t *)&message, sizeof message, 0, &status);
}

// Sends itself the longest message there is and receives it, as fast as it can until the end of its window and beyond.
// A short pause of changing length now and then makes its windows end in copies of every phase. Leaves a note each
// hundred messages: how many, and how many came back with other bytes.
#include <arinc653/queueing.h>
#include <partita.h>

enum { longest = 8192 };

static uint8_t sent[longest], received[longest];

/// Spends two or three instructions each time.
static void pause(uint32_t times) {
  while (times-- > 0) __asm__ volatile("");
}

int main(void) {
  QUEUING_PORT_ID_TYPE to = 0, from = 0;
  RETURN_CODE_TYPE status;
  uint64_t wrong = 0;
  CREATE_QUEUING_PORT("OUT", longest, 1, SOURCE, FIFO, &to, &status);
  if (status != NO_ERROR) wrong++;
  CREATE_QUEUING_PORT("IN", longest, 1, DESTINATION, FIFO, &from, &status);
  if (status != NO_ERROR) wrong++;
  SET_PARTITION_MODE(NORMAL, &status);
  for (int i = 0; i < longest; i++) sent[i] = (uint8_t)(i * 7 + (i >> 8));
  for (uint64_t count = 1;; count++) {
    sent[count % longest]++;
    if (count % 16 == 0) pause((uint32_t)count * 2654435761u >> 20);
    SEND_QUEUING_MESSAGE(to, sent, longest, 0, &status);
    if (status != NO_ERROR) wrong++;
    MESSAGE_SIZE_TYPE size;
    RECEIVE_QUEUING_MESSAGE(from, 0, received, &size, &status);
    if (status != NO_ERROR || size != longest || received[count % longest] != sent[count % longest]) wrong++;
    if (count % 100 != 0) continue;
    for (int i = 0; i < longest; i++) wrong += received[i] != sent[i];
    partita_hypercall2(PARTITA_NOTE, count, wrong);
  }
}

// Looks on while others live and die: three processes that note whatever they see, the clock above all. What it notes
// must not depend on the others, for its ports lead to itself.
#include <partita.h>
#include <partita_process.h>
#include <process_checks.h>

enum { message_bytes = 16, queue_length = 4, rounds = 4096 };
#define REFRESH 100000000

/// First words of notes.
enum { wrote = 1, read_back = 2, woke = 3, received = 4, promised = 5, computed = 6 };

static SAMPLING_PORT_ID_TYPE sampling_out, sampling_in;
static QUEUING_PORT_ID_TYPE queuing_out, queuing_in;
static EVENT_ID_TYPE event;

static void recur(void) {
  RETURN_CODE_TYPE status;
  PARTITION_STATUS_TYPE self;
  MESSAGE_SIZE_TYPE size;
  VALIDITY_TYPE validity;
  for (uint64_t round = 0;; round++) {
    uint64_t message[2] = {(uint64_t)partita_now(), round};
    partita_note(wrote, message[0]);
    WRITE_SAMPLING_MESSAGE(sampling_out, (MESSAGE_ADDR_TYPE)message, message_bytes, &status);
    READ_SAMPLING_MESSAGE(sampling_in, (MESSAGE_ADDR_TYPE)message, &size, &validity, &status);
    partita_note(read_back, message[0] ^ (uint64_t)validity << 60 ^ (uint64_t)status);
    SEND_QUEUING_MESSAGE(queuing_out, (MESSAGE_ADDR_TYPE)message, message_bytes, 0, &status);
    SET_EVENT(event, &status);
    GET_PARTITION_STATUS(&self, &status);
    partita_note(promised, (uint64_t)self.PERIOD);
    PERIODIC_WAIT(&status);
    partita_note(woke, (uint64_t)status);
  }
}

static void receive(void) {
  RETURN_CODE_TYPE status;
  uint64_t message[2];
  MESSAGE_SIZE_TYPE size;
  for (;;) {
    RECEIVE_QUEUING_MESSAGE(queuing_in, INFINITE_TIME_VALUE, (MESSAGE_ADDR_TYPE)message, &size, &status);
    partita_note(received, message[0]);
    TIMED_WAIT(MICROSECONDS(300), &status);
    WAIT_EVENT(event, MICROSECONDS(3000), &status);
    RESET_EVENT(event, &status);
  }
}

static void compute(void) {
  for (uint64_t round = 0;; round++) {
    if (round % rounds == 0) partita_note(computed, (uint64_t)partita_now());
  }
}

int main(void) {
  RETURN_CODE_TYPE status;
  PARTITION_STATUS_TYPE self;
  GET_PARTITION_STATUS(&self, &status);
  CREATE_SAMPLING_PORT("SAMPLE", message_bytes, SOURCE, REFRESH, &sampling_out, &status);
  CREATE_SAMPLING_PORT("SEEN", message_bytes, DESTINATION, REFRESH, &sampling_in, &status);
  CREATE_QUEUING_PORT("OUT", message_bytes, queue_length, SOURCE, FIFO, &queuing_out, &status);
  CREATE_QUEUING_PORT("IN", message_bytes, queue_length, DESTINATION, FIFO, &queuing_in, &status);
  CREATE_EVENT("event", &event, &status);
  START(create_process("periodic", recur, 20, self.PERIOD, INFINITE_TIME_VALUE), &status);
  START(create_process("receiver", receive, 10, INFINITE_TIME_VALUE, INFINITE_TIME_VALUE), &status);
  START(create_process("busy", compute, 1, INFINITE_TIME_VALUE, INFINITE_TIME_VALUE), &status);
  SET_PARTITION_MODE(NORMAL, &status);
}

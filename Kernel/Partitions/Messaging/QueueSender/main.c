// Sends numbered messages of changing lengths through TELL, faster than they are received: in each window as many as
// the destinations take, then one with a time-out that is long enough, and now and then one with a time-out that is
// not. Leaves a note in each window: messages sent, and how often a send was refused, waited with success, timed out.
#include <arinc653/queueing.h>
#include <partita.h>

enum { maximum_bytes = 64, maximum_messages = 4 };

static uint8_t message[maximum_bytes];
static uint32_t number;

/// What every receiver can tell from the number: length and contents.
static MESSAGE_SIZE_TYPE compose(void) {
  MESSAGE_SIZE_TYPE size = 4 + (MESSAGE_SIZE_TYPE)(number * 37 % 61);
  __builtin_memcpy(message, &number, sizeof number);
  for (MESSAGE_SIZE_TYPE i = 4; i < size; i++) message[i] = (uint8_t)(number * 31 + (uint32_t)i);
  return size;
}

static RETURN_CODE_TYPE send(QUEUING_PORT_ID_TYPE port, SYSTEM_TIME_TYPE time_out) {
  RETURN_CODE_TYPE status;
  SEND_QUEUING_MESSAGE(port, message, compose(), time_out, &status);
  if (status == NO_ERROR) number++;
  return status;
}

int main(void) {
  QUEUING_PORT_ID_TYPE port = 0;
  RETURN_CODE_TYPE status;
  uint64_t refused = 0, waited = 0, timed_out = 0, wrong = 0;
  CREATE_QUEUING_PORT("TELL", maximum_bytes, maximum_messages, SOURCE, FIFO, &port, &status);
  if (status != NO_ERROR) wrong++;
  SET_PARTITION_MODE(NORMAL, &status);
  partita_yield();
  for (uint64_t window = 0;; window++) {
    while ((status = send(port, 0)) == NO_ERROR) continue;
    if (status == NOT_AVAILABLE) refused++; else wrong++;
    QUEUING_PORT_STATUS_TYPE state;
    GET_QUEUING_PORT_STATUS(port, &state, &status);
    if (status != NO_ERROR || state.NB_MESSAGE != maximum_messages || state.MAX_MESSAGE_SIZE != maximum_bytes) wrong++;
    // The receiver that blocks empties its queue in every second window of its own.
    status = send(port, window % 5 == 0 ? 1 : 1000000000);
    if (status == NO_ERROR) waited++;
    else if (status == TIMED_OUT && window % 5 == 0) timed_out++;
    else wrong++;
    partita_hypercall2(PARTITA_NOTE, wrong << 32 | number, refused << 40 | waited << 20 | timed_out);
  }
}

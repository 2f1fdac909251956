// Four processes wait at each of two queuing ports, one FIFO, one PRIORITY; what is sent goes to them in the port's
// order. The last of each gets nothing and is told so by its time-out. Leaves one note: for each port the processes in
// the order in which they got something, a digit each, and behind them the one that timed out; and what went wrong.
#include <partita.h>
#include <partita_process.h>
#include <arinc653/queueing.h>

enum { first_in_first_out, by_priority, port_count };

static QUEUING_PORT_ID_TYPE sources[port_count], destinations[port_count];
/// Decimal digits: process 1 to 4 of each port.
static uint64_t orders[port_count];
static uint64_t wrong, ended;

/// Process `number` (1 to 4) of a port begins to wait in the `number`th ten milliseconds.
static void consume(int which, int number) {
  uint8_t message[8];
  MESSAGE_SIZE_TYPE size;
  RETURN_CODE_TYPE status;
  TIMED_WAIT(number * (SYSTEM_TIME_TYPE)10000000, &status);
  SYSTEM_TIME_TYPE begin = partita_now();
  RECEIVE_QUEUING_MESSAGE(destinations[which], 200000000, message, &size, &status);
  SYSTEM_TIME_TYPE waited = partita_now() - begin;
  if (status == TIMED_OUT ? waited < 200000000 || waited > 220000000 : status != NO_ERROR || size != 8) wrong++;
  orders[which] = orders[which] * 10 + (uint64_t)number + (status == TIMED_OUT ? 5 : 0);
  ended++;
}

static void fifo_1(void) { consume(first_in_first_out, 1); }
static void fifo_2(void) { consume(first_in_first_out, 2); }
static void fifo_3(void) { consume(first_in_first_out, 3); }
static void fifo_4(void) { consume(first_in_first_out, 4); }
static void priority_1(void) { consume(by_priority, 1); }
static void priority_2(void) { consume(by_priority, 2); }
static void priority_3(void) { consume(by_priority, 3); }
static void priority_4(void) { consume(by_priority, 4); }

/// When all wait: three messages for each port, one in each of its own periods.
static void produce(void) {
  RETURN_CODE_TYPE status;
  TIMED_WAIT(100000000, &status);
  QUEUING_PORT_STATUS_TYPE state;
  for (int which = 0; which < port_count; which++) {
    GET_QUEUING_PORT_STATUS(destinations[which], &state, &status);
    if (status != NO_ERROR || state.WAITING_PROCESSES != 4) wrong++;
  }
  for (uint64_t count = 0; count < 3; count++) {
    for (int which = 0; which < port_count; which++) {
      SEND_QUEUING_MESSAGE(sources[which], (MESSAGE_ADDR_TYPE)&count, sizeof count, 0, &status);
      if (status != NO_ERROR) wrong++;
    }
    PERIODIC_WAIT(&status);
    if (status != NO_ERROR) wrong++;
  }
  TIMED_WAIT(300000000, &status);
  partita_hypercall2(PARTITA_NOTE, orders[0] << 32 | orders[1], wrong << 32 | ended);
}

static int started;

static void start(void (*entry)(void), PRIORITY_TYPE priority, SYSTEM_TIME_TYPE period) {
  PROCESS_ATTRIBUTE_TYPE attributes = {
      .PERIOD = period, .TIME_CAPACITY = INFINITE_TIME_VALUE, .ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)entry,
      .STACK_SIZE = 4096, .BASE_PRIORITY = priority, .DEADLINE = SOFT};
  attributes.NAME[0] = 'A' + (char)started++;
  PROCESS_ID_TYPE process;
  RETURN_CODE_TYPE status;
  CREATE_PROCESS(&attributes, &process, &status);
  if (status != NO_ERROR) wrong++;
  START(process, &status);
  if (status != NO_ERROR) wrong++;
}

int main(void) {
  RETURN_CODE_TYPE status[4];
  CREATE_QUEUING_PORT("FIFO_OUT", 8, 4, SOURCE, FIFO, &sources[0], &status[0]);
  CREATE_QUEUING_PORT("FIFO_IN", 8, 4, DESTINATION, FIFO, &destinations[0], &status[1]);
  CREATE_QUEUING_PORT("PRIORITY_OUT", 8, 4, SOURCE, FIFO, &sources[1], &status[2]);
  CREATE_QUEUING_PORT("PRIORITY_IN", 8, 4, DESTINATION, PRIORITY, &destinations[1], &status[3]);
  for (int i = 0; i < 4; i++) wrong += status[i] != NO_ERROR;
  // Whoever comes later has the greater priority, but the third, which is equal to the second.
  start(fifo_1, 10, INFINITE_TIME_VALUE);
  start(fifo_2, 20, INFINITE_TIME_VALUE);
  start(fifo_3, 20, INFINITE_TIME_VALUE);
  start(fifo_4, 30, INFINITE_TIME_VALUE);
  start(priority_1, 10, INFINITE_TIME_VALUE);
  start(priority_2, 20, INFINITE_TIME_VALUE);
  start(priority_3, 20, INFINITE_TIME_VALUE);
  start(priority_4, 30, INFINITE_TIME_VALUE);
  start(produce, 5, 10000000);
  partita_run_processes();
}

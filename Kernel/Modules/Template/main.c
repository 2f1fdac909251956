// The partition Nav: one process, every 20 ms.
#include <ARINC653.h>
#include <stdio.h>

static void navigate(void) {
  RETURN_CODE_TYPE status;
  for (unsigned job = 0;; job++) {
    // Read ports, compute, write ports: 5 ms after the release it is late, and the health monitor is told.
    if (job % 50 == 0) printf("Nav: job %u\n", job);
    PERIODIC_WAIT(&status);
  }
}

int main(void) {
  PROCESS_ATTRIBUTE_TYPE attributes = {
      .PERIOD = 20000000, .TIME_CAPACITY = 5000000, .ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)navigate, .STACK_SIZE = 16384,
      .BASE_PRIORITY = 20, .DEADLINE = HARD, .NAME = "navigate"};
  PROCESS_ID_TYPE process;
  RETURN_CODE_TYPE status;
  CREATE_PROCESS(&attributes, &process, &status);
  if (status == NO_ERROR) START(process, &status);
  if (status != NO_ERROR) printf("Nav: no process, status %d\n", status);
  // Does not come back: from here on the processes run.
  SET_PARTITION_MODE(NORMAL, &status);
}

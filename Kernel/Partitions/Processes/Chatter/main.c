// Processes that take the processor from each other and print by the C library: each line comes out whole, and once.
#include <ARINC653.h>
#include <stdio.h>

enum { lines = 60 };

static volatile int written;

static void drone(void) {
  for (int line = 0; line < lines; line++) printf("drone %03d 0123456789 0123456789 %.3f\n", line, line / 8.0);
  written = 1;
  STOP_SELF();
}

static void chime(void) {
  RETURN_CODE_TYPE status;
  for (int line = 0; !written; line++) {
    printf("chime %03d abcdefghij abcdefghij\n", line);
    // Not in step with anything.
    TIMED_WAIT(37000, &status);
  }
  STOP_SELF();
}

static void create(const char *name, void (*entry)(void), PRIORITY_TYPE priority) {
  PROCESS_ATTRIBUTE_TYPE attributes = {
      .PERIOD = INFINITE_TIME_VALUE, .TIME_CAPACITY = INFINITE_TIME_VALUE, .ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)entry,
      .STACK_SIZE = 16384, .BASE_PRIORITY = priority, .DEADLINE = SOFT};
  for (int i = 0; i < MAX_NAME_LENGTH && name[i] != 0; i++) attributes.NAME[i] = name[i];
  PROCESS_ID_TYPE process;
  RETURN_CODE_TYPE status;
  CREATE_PROCESS(&attributes, &process, &status);
  if (status != NO_ERROR) printf("wrong: no process %s\n", name);
  START(process, &status);
}

int main(void) {
  RETURN_CODE_TYPE status;
  create("drone", drone, 10);
  create("chime", chime, 20);
  printf("main\n");
  SET_PARTITION_MODE(NORMAL, &status);
}

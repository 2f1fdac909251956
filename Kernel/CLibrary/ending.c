// How a program in C ends: of a partition nothing is left to return to, so it goes to IDLE, and says so.
#include "partita_heap.h"

#include <arinc653/error.h>
#include <partita.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

// Weak: without processes it is a call of the kernel.
void RAISE_APPLICATION_ERROR(
    ERROR_CODE_TYPE code, MESSAGE_ADDR_TYPE message, ERROR_MESSAGE_SIZE_TYPE length, RETURN_CODE_TYPE *status)
    __attribute__((weak));

static void say(const char *text) { partita_console_write(text, strlen(text)); }

static _Noreturn void go_to_idle(void) {
  RETURN_CODE_TYPE status;
  SET_PARTITION_MODE(IDLE, &status);
  while (1) partita_yield();
}

/// `exit` ends here, and so does `main` that returns. What was printed is written by then.
_Noreturn void _Exit(int status) {
  char digits[12], *digit = digits + sizeof digits - 1;
  unsigned rest = status < 0 ? -(unsigned)status : (unsigned)status;
  *digit = 0;
  do *--digit = (char)('0' + rest % 10);
  while (rest /= 10);
  if (status < 0) *--digit = '-';
  say("exit(");
  say(digit);
  say("): the partition goes to IDLE\n");
  go_to_idle();
}

/// A failed `assert` ends here too, after it has said file and line. The error handler may stop the process that has
/// failed; else the health monitor acts. If either lets it go on, the partition goes to IDLE: this never returns.
_Noreturn void abort(void) {
  static const char message[] = "abort";
  RETURN_CODE_TYPE status;
  say("abort(): an application error\n");
  if (RAISE_APPLICATION_ERROR) {
    RAISE_APPLICATION_ERROR(APPLICATION_ERROR, (MESSAGE_ADDR_TYPE)message, sizeof message - 1, &status);
  } else {
    partita_hypercall3(
        PARTITA_RAISE_APPLICATION_ERROR, APPLICATION_ERROR, (uint64_t)(uintptr_t)message, sizeof message - 1);
  }
  go_to_idle();
}

/// There are no signals.
int raise(int number) {
  (void)number;
  abort();
}

// Start-up and the idle loop. The partition starts on its main stack, which becomes the idle task's.
#include "guest.h"

// What a foreign guest would do with HLT: nothing to run until the next interrupt. Where the next tick still falls into
// this window, wait for it; else the rest of the window is of no use, and the time goes to whoever can use it.
// A tick that comes between the look and the yield is not lost: its upcall switches to the task that it woke, and what
// is marked later comes with the next window.
static void idle(void) {
  while (1) {
    uint64_t window_end = partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_WINDOW_START) +
                          partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_DURATION);
    uint64_t next_tick = ((uint64_t)partita_now() / tick_ns + 1) * tick_ns;
    if (next_tick + tick_ns / 4 >= window_end) partita_yield();
  }
}

int main(void) {
  static const char greeting[] = "MinimalGuest starts\n";
  RETURN_CODE_TYPE status;
  partita_hypercall3(
      PARTITA_SET_UPCALL_ENTRY, (uint64_t)(uintptr_t)guest_upcall_entry,
      (uint64_t)(uintptr_t)partita_upcall_tail_start, (uint64_t)(uintptr_t)partita_upcall_tail_end);
  partita_hypercall1(PARTITA_SET_EXCEPTION_ENTRY, (uint64_t)(uintptr_t)guest_exception_entry);
  exceptions_start();
  interrupts_start();
  task_create(worker_task, "worker", worker);
  task_create(logger_task, "logger", logger);
  task_create(faulty_task, "faulty", faulty);
  message_start();
  partita_console_write(greeting, sizeof greeting - 1);
  SET_PARTITION_MODE(NORMAL, &status);
  // The grid of the ticks is the module clock's, so that the idle loop knows it.
  partita_set_timer(((uint64_t)partita_now() / tick_ns + 1) * tick_ns, tick_ns);
  partita_interrupts_enable();
  idle();
}

#include "partita.h"

#include "partita_streams.h"

enum {
  bytes_per_call = 16,
  // Calls in a row that may take nothing before the rest is given up: a stuck console must not stop a partition.
  fruitless_call_limit = 100,
};

SYSTEM_TIME_TYPE partita_now(void) {
  uint64_t ticks = partita_read_tsc() - partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_CLOCK_ORIGIN);
  uint64_t scale = partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_CLOCK_SCALE);
  return (SYSTEM_TIME_TYPE)((unsigned __int128)ticks * scale >> 32);
}

void GET_TIME(SYSTEM_TIME_TYPE *time, RETURN_CODE_TYPE *status) {
  struct partita_answer answer = partita_hypercall0(PARTITA_READ_TIME);
  *time = (SYSTEM_TIME_TYPE)answer.value;
  *status = (RETURN_CODE_TYPE)answer.status;
}

SYSTEM_TIME_TYPE partita_yield(void) { return (SYSTEM_TIME_TYPE)partita_hypercall0(PARTITA_YIELD).value; }

void partita_note(uint64_t first, uint64_t second) { partita_hypercall2(PARTITA_NOTE, first, second); }

RETURN_CODE_TYPE partita_note_words(const uint64_t *words, size_t count) {
  return (RETURN_CODE_TYPE)partita_hypercall2(PARTITA_NOTE_WORDS, (uint64_t)(uintptr_t)words, count).status;
}

size_t partita_console_write(const char *text, size_t length) {
  size_t written = 0;
  int fruitless_calls = 0;
  while (written < length && fruitless_calls < fruitless_call_limit) {
    size_t count = length - written < bytes_per_call ? length - written : bytes_per_call;
    struct partita_answer answer =
        partita_hypercall2(PARTITA_WRITE_CONSOLE, (uint64_t)(uintptr_t)(text + written), count);
    size_t taken = answer.status == NO_ERROR && answer.value <= count ? answer.value : 0;
    fruitless_calls = taken == 0 ? fruitless_calls + 1 : 0;
    written += taken;
  }
  return written;
}

/// The C library's thread control block: its first word points at itself, the rest may be zero. Larger than musl's own.
static struct {
  void *self;
  uint64_t rest[127];
} thread_control_block __attribute__((aligned(64)));

void partita_initialize_thread(void) {
  if (thread_control_block.self) return;
  partita_initialize_streams();
  thread_control_block.self = &thread_control_block;
  partita_hypercall1(PARTITA_SET_SEGMENT_BASE, (uint64_t)(uintptr_t)&thread_control_block);
}

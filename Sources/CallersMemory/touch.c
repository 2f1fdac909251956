#include "CallersMemory.h"

#include <stdint.h>

static void touch_byte(volatile uint8_t *byte, bool is_written) {
  const uint8_t found = *byte;
  if (is_written) *byte = found;
}

void partita_touch(const void *memory, size_t byte_count, bool is_written) {
  enum { page_bytes = 4096 };
  volatile uint8_t *bytes = (volatile uint8_t *)(uintptr_t)memory;
  for (size_t at = 0; at < byte_count; at += page_bytes) touch_byte(bytes + at, is_written);
  touch_byte(bytes + byte_count - 1, is_written);
}

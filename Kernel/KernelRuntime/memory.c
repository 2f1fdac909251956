// String instructions move eight bytes an iteration and need no vector registers, which the kernel does not have. The
// cost is exact: one instruction for each eight bytes and each byte left over, whatever the alignment.
#include "KernelRuntime.h"

#include <stdint.h>

void *memcpy(void *restrict destination, const void *restrict source, size_t count) {
  void *to = destination;
  size_t words = count / 8;
  size_t bytes = count % 8;
  __asm__ volatile("rep movsq" : "+D"(to), "+S"(source), "+c"(words) : : "memory");
  __asm__ volatile("rep movsb" : "+D"(to), "+S"(source), "+c"(bytes) : : "memory");
  return destination;
}

void *memmove(void *destination, const void *source, size_t count) {
  // Unsigned distance: also true when the destination lies below the source, or wholly above it.
  if ((uintptr_t)destination - (uintptr_t)source >= count) {
    void *to = destination;
    size_t words = count / 8;
    size_t bytes = count % 8;
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(source), "+c"(words) : : "memory");
    __asm__ volatile("rep movsb" : "+D"(to), "+S"(source), "+c"(bytes) : : "memory");
    return destination;
  }
  // Backwards; the direction flag is clear again before anything else runs.
  unsigned char *to = (unsigned char *)destination + count - 1;
  const unsigned char *from = (const unsigned char *)source + count - 1;
  __asm__ volatile("std\n\trep movsb\n\tcld" : "+D"(to), "+S"(from), "+c"(count) : : "memory", "cc");
  return destination;
}

void *memset(void *destination, int value, size_t count) {
  void *to = destination;
  uint64_t pattern = (uint8_t)value * 0x0101010101010101u;
  size_t words = count / 8;
  size_t bytes = count % 8;
  __asm__ volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(pattern) : "memory");
  __asm__ volatile("rep stosb" : "+D"(to), "+c"(bytes) : "a"(pattern) : "memory");
  return destination;
}

__attribute__((no_builtin("memcmp", "bcmp"))) int memcmp(const void *first, const void *second, size_t count) {
  const unsigned char *a = first;
  const unsigned char *b = second;
  for (size_t i = 0; i < count; i++) {
    if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
  }
  return 0;
}

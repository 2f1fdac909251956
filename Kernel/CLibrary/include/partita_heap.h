// The memory that the C library's `malloc` has in a partition.
#ifndef PARTITA_HEAP_H
#define PARTITA_HEAP_H

#include <stddef.h>

/// What a partition has that says nothing, if it calls `malloc` at all.
#define PARTITA_DEFAULT_HEAP_BYTES 262144
#define PARTITA_MAXIMUM_HEAP_BYTES 33554432
#define PARTITA_HEAP_PAGE_BYTES 4096

/// Gives the partition a heap of so many bytes, in whole pages: once, outside of functions (`Tools/build-partition`
/// has `--heap`).
#define PARTITA_HEAP(bytes)                                                                                        \
  _Static_assert((bytes) > 0 && (bytes) <= PARTITA_MAXIMUM_HEAP_BYTES, "a heap has 1 byte to 32 MiB");              \
  _Alignas(PARTITA_HEAP_PAGE_BYTES) unsigned char                                                                   \
      partita_heap[((bytes) + PARTITA_HEAP_PAGE_BYTES - 1) / PARTITA_HEAP_PAGE_BYTES * PARTITA_HEAP_PAGE_BYTES];    \
  const size_t partita_heap_bytes = sizeof partita_heap

extern unsigned char partita_heap[];
extern const size_t partita_heap_bytes;

/// Makes the C library ready before `main`.
void partita_begin_library_of_c(void);

#endif

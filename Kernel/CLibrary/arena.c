// The heap of a partition that has not said how much it wants. In a file of its own: weak, so that another one takes
// its place, and nobody may look into what that one has.
#include "partita_heap.h"

__attribute__((weak, aligned(PARTITA_HEAP_PAGE_BYTES))) unsigned char partita_heap[PARTITA_DEFAULT_HEAP_BYTES];
__attribute__((weak)) const size_t partita_heap_bytes = PARTITA_DEFAULT_HEAP_BYTES;

// The four functions that compilers call without being asked. A freestanding image must bring them.
#ifndef PARTITA_KERNEL_RUNTIME_H
#define PARTITA_KERNEL_RUNTIME_H

#include <stddef.h>

void *memcpy(void *restrict destination, const void *restrict source, size_t count);
void *memmove(void *destination, const void *source, size_t count);
void *memset(void *destination, int value, size_t count);
int memcmp(const void *first, const void *second, size_t count);

#endif

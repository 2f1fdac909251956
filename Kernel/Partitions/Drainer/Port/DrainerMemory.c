#include "DrainerPort.h"

// Enough for `BlockEncoder.scratchBytes` and `outputBytes` of 4096 events, the most that the drainer puts in a block.
static _Alignas(4096) uint8_t memory[640 * 1024];

uint8_t *drainer_memory(void) { return memory; }

size_t drainer_memory_bytes(void) { return sizeof memory; }

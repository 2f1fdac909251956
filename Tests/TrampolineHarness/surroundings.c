#define _GNU_SOURCE
#include "surroundings.h"

#include "TrampolineHarness.h"

#include <PartitionEntry.h>
#include <cpuid.h>
#include <string.h>
#include <sys/mman.h>

// What interrupted.S fills its registers with, and what it finds in them.
uint64_t harness_found[15], harness_found_red_zone[16], harness_found_flags, harness_vectors[32];
uint64_t harness_found_vectors[32];
double harness_found_x87[2];
uint32_t harness_found_mxcsr;
uint16_t harness_found_x87_control;

int harness_prepare(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d) || (c & bit_OSXSAVE) == 0) return 0;
  if (!__get_cpuid_count(0xD, 0, &a, &b, &c, &d)) return 0;
  void *page = (void *)PARTITA_SHARED_PAGE;
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
  if (mmap(page, 2 * harness_page_bytes, PROT_READ | PROT_WRITE, flags, -1, 0) != page) {
    return 0;
  }
  unsigned low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  // The components up to AVX-512; the later ones need a permission from Linux.
  *(uint64_t *)(PARTITA_INFORMATION_PAGE + PARTITA_EXTENDED_STATE_MASK) = low & 0xE7;
  *(uint64_t *)(PARTITA_INFORMATION_PAGE + PARTITA_EXTENDED_STATE_BYTES) = b;
  for (int i = 0; i < 32; i++) harness_vectors[i] = 0x0123456789ABCDEFull * (uint64_t)(i + 1);
  return 1;
}

uint32_t harness_damage_found(void) {
  uint32_t damage = 0;
  for (uint64_t i = 0; i < 15; i++) {
    uint64_t expected = (i + 1) * (i < 7 ? 0x11111111ull : 0x1111111111111111ull);
    if (harness_found[i] != expected) damage |= harness_damage_general;
  }
  for (uint64_t i = 0; i < 16; i++) {
    if (harness_found_red_zone[i] != 0x5A5A0000 + 8 * (i + 1)) damage |= harness_damage_red_zone;
  }
  if ((harness_found_flags & 0xCD5) != 0x8D5) damage |= harness_damage_flags;
  if (memcmp(harness_found_vectors, harness_vectors, sizeof harness_vectors) != 0) damage |= harness_damage_vector;
  if (harness_found_x87[0] < 3.14 || harness_found_x87[0] > 3.15 || harness_found_x87[1] != 1) {
    damage |= harness_damage_x87;
  }
  if (harness_found_mxcsr != 0x7FA0 || harness_found_x87_control != 0x0F7F) damage |= harness_damage_control;
  return damage;
}

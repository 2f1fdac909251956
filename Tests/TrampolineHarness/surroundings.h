// What lies around the code that gets interrupted: the pages that it shares with its kernel, and what it finds
// afterwards.
#ifndef PARTITA_TRAMPOLINE_SURROUNDINGS_H
#define PARTITA_TRAMPOLINE_SURROUNDINGS_H

#include <stdint.h>

enum { harness_page_bytes = 4096 };

/// The groups of `harness_report.damage` that the last run's code did not find as it had left them.
uint32_t harness_damage_found(void);

#endif

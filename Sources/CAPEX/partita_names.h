// Names of ports, processes and the like. A literal may be shorter than a name; the kernel reads whole names.
#ifndef PARTITA_NAMES_H
#define PARTITA_NAMES_H

#include <arinc653/types.h>
#include <stdbool.h>
#include <stddef.h>

/// Copies a name that is ended by a zero or as long as it may be, and fills it up with zeroes.
static inline void partita_copy_name(NAME_TYPE to, const char *from) {
  size_t i = 0;
  for (; i < MAX_NAME_LENGTH && from[i] != 0; i++) to[i] = from[i];
  for (; i < MAX_NAME_LENGTH; i++) to[i] = 0;
}

/// Whether `name`, ended by a zero or not, is one that `partita_copy_name` has made.
static inline bool partita_is_name(const NAME_TYPE stored, const char *name) {
  for (size_t i = 0; i < MAX_NAME_LENGTH; i++) {
    if (stored[i] != name[i]) return false;
    if (name[i] == 0) return true;
  }
  return true;
}

#endif

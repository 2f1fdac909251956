// A literal may be shorter than a name; the kernel reads whole names.
#ifndef PARTITA_NAME_H
#define PARTITA_NAME_H

#include "partita.h"

/// Copies a name that is ended by a zero or as long as it may be, and fills it up with zeroes.
static inline void partita_copy_name(NAME_TYPE to, const char *from) {
  size_t i = 0;
  for (; i < MAX_NAME_LENGTH && from[i] != 0; i++) to[i] = from[i];
  for (; i < MAX_NAME_LENGTH; i++) to[i] = 0;
}

#endif

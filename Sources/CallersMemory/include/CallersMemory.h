// Memory that a waiting process has laid ready for others.
#ifndef CALLERS_MEMORY_H
#define CALLERS_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/// Reads memory that others will copy from, or writes what is there to memory that they will copy to, a byte of each
/// page: where it is not the caller's to give, the fault comes now and is the caller's. In C, for Swift has no access
/// that a compiler must not leave out.
///
/// - byte_count: 1 or more.
void partita_touch(const void *memory, size_t byte_count, bool is_written);

#endif

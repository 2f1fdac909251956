/// The inner loops of decoding columns, for whatever vectors the machine has.
///
/// Unsafe room: nothing is checked here. `TraceReading` makes sure that planes and arrays are as long as each function
/// says; all are rounded up to whole eights.
#ifndef PARTITA_COLUMN_KERNELS_H
#define PARTITA_COLUMN_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/// Where a column's values are: residuals in byte planes, to which a base is added.
///
/// Each plane that `mask` has a bit for has `count` bytes, one plane right behind the other; eight bytes behind the
/// last one can be read.
struct PartitaColumn {
  const uint8_t *planes;
  size_t count;
  uint64_t base;
  uint8_t mask;
};

/// Writes the values, each with `times` of the same index added where `times` is not null.
///
/// `target` takes up to seven values more than the column has, and as many `times` can be read.
void partita_column_values(struct PartitaColumn column, const uint64_t *times, uint64_t *target);

/// Ors the values, cut by `mask` and then shifted, with `common` and writes them; the same as `partita_column_values`
/// on sizes.
void partita_column_begin(
  struct PartitaColumn column, uint64_t common, uint64_t shift, uint64_t mask, uint64_t *target);

/// Ors the values, cut by `mask` and then shifted, into `target`.
void partita_column_mix(struct PartitaColumn column, uint64_t shift, uint64_t mask, uint64_t *target);

/// The sum of `count` numbers, modulo 2⁶⁴.
uint64_t partita_sum(const uint64_t *numbers, size_t count);

/// Sums over heads of events (`EventHead`).
struct PartitaHeadSums {
  uint64_t partitions, details, operands;
};
struct PartitaHeadSums partita_sum_heads(const uint64_t *heads, size_t count);

#endif

/// The inner loops of decoding columns, for whatever vectors the machine has.
///
/// Unsafe room: nothing is checked here. `TraceReading` makes sure that planes and arrays are as long as each function
/// says; all are rounded up to whole eights. Structures come by pointer: copies of them, written in one width and read
/// in another, took a tenth of the time.
#ifndef PARTITA_COLUMN_KERNELS_H
#define PARTITA_COLUMN_KERNELS_H

#include <stdbool.h>
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
void partita_column_values(const struct PartitaColumn *column, const uint64_t *times, uint64_t *target);

/// Ors the values, cut by `mask` and then shifted, with `common` and writes them; the same as `partita_column_values`
/// on sizes.
void partita_column_begin(
  const struct PartitaColumn *column, uint64_t common, uint64_t shift, uint64_t mask, uint64_t *target);

/// Ors the values, cut by `mask` and then shifted, into `target`.
void partita_column_mix(const struct PartitaColumn *column, uint64_t shift, uint64_t mask, uint64_t *target);

/// The sum of the column's values, cut by `mask`, modulo 2⁶⁴, without writing them.
uint64_t partita_column_sum(const struct PartitaColumn *column, uint64_t mask);

/// The sum of `count` numbers, cut by `mask`, modulo 2⁶⁴.
uint64_t partita_sum(const uint64_t *numbers, size_t count, uint64_t mask);

/// The sum of `count` indices, each xored with its place, modulo 2⁶⁴.
uint64_t partita_sum_order(const uint16_t *indices, size_t count);

/// Bytes of an event that is put together: its time, its head and eight words, of which the last are 0.
#define PARTITA_EVENT_BYTES 80

/// Bytes of one of which the last two words, its rest, are put elsewhere: a line of the processor's cache.
#define PARTITA_ROW_BYTES 64

/// The events of one group, column by column; their places are below `last`.
struct PartitaGroup {
  /// By place: the event's index in the block, which increases.
  const uint16_t *indices;
  const uint64_t *times, *heads;
  /// By place: the first words. The others of the same event follow, `stride` apart.
  const uint64_t *words;
  size_t word_count, stride, last;
};

/// Puts the group's events from `place` on together, as long as their indices are below `end`; returns the next place.
///
/// `events` takes them by index: that with index `begin` is the first.
size_t partita_events(const struct PartitaGroup *group, size_t place, size_t begin, size_t end, void *events);

/// The same, as rows, and where events have more than six words their rests too: two words for each row.
size_t partita_rows(
  const struct PartitaGroup *group, size_t place, size_t begin, size_t end, void *rows, void *rests);

/// Takes events in order, each from the group that `groups` says, and gives each its place, and each place its time and
/// its event's index; returns the last time.
///
/// - groups: `count` numbers.
/// - time: that of the event before the first.
/// - cursors: by group, 256 of them: its first place; afterwards the place behind its last.
/// - times: by place, the time since the event before; afterwards the time. Like `indices` it has room for `count`
///   places from each cursor on.
/// - is_backwards: whether some event is earlier than the one before it.
uint64_t partita_order(
  const uint8_t *groups, size_t count, uint64_t time, uint32_t *cursors, uint64_t *times, uint16_t *indices,
  bool *is_backwards);

#endif

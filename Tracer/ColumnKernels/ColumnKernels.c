#include "ColumnKernels.h"

// Each function is compiled for two machines; the loader takes the one that this machine can run.
#define FOR_EACH_MACHINE __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))

// Eight numbers at a time: the compiler cuts them into the vectors that there are. Their alignment is that of memory
// in which they lie anywhere.
typedef uint8_t Bytes __attribute__((vector_size(8), aligned(1)));
typedef int8_t SignedBytes __attribute__((vector_size(8), aligned(1)));
typedef uint16_t Halves __attribute__((vector_size(16), aligned(1)));
typedef int16_t SignedHalves __attribute__((vector_size(16), aligned(1)));
typedef uint32_t Words __attribute__((vector_size(32), aligned(1)));
typedef int32_t SignedWords __attribute__((vector_size(32), aligned(1)));
typedef uint64_t Longs __attribute__((vector_size(64), aligned(1)));
typedef int64_t SignedLongs __attribute__((vector_size(64), aligned(1)));

// Macros, for a function cannot hand vectors on that not every machine has.

#define PLANE(number) (*(const Bytes *)(column.planes + (number) * column.count + index))
#define WIDEN(bytes, Type) __builtin_convertvector(bytes, Type)
#define UNZIGZAG(numbers) (((numbers) >> 1) ^ -((numbers) & 1))
// The difference that a zigzag number of few bits stands for, with its sign, in 64 bits.
#define DIFFERENCES(numbers, Signed) ((Longs)WIDEN((Signed)UNZIGZAG(numbers), SignedLongs))

#define FOR_EACH_INDEX for (size_t index = 0; index < column.count; index += 8)

// Does USE for each eight of the column's values, which it finds in `values`, with the first one's number in `index`.
#define FOR_EACH_EIGHT(USE)                                                                                           \
  switch (column.mask) {                                                                                              \
  case 1:                                                                                                             \
    FOR_EACH_INDEX {                                                                                                  \
      Bytes numbers = PLANE(0);                                                                                       \
      Longs values = DIFFERENCES(numbers, SignedBytes) + column.base;                                                 \
      USE;                                                                                                            \
    }                                                                                                                 \
    break;                                                                                                            \
  case 3:                                                                                                             \
    FOR_EACH_INDEX {                                                                                                  \
      Halves numbers = WIDEN(PLANE(0), Halves) | WIDEN(PLANE(1), Halves) << 8;                                        \
      Longs values = DIFFERENCES(numbers, SignedHalves) + column.base;                                                \
      USE;                                                                                                            \
    }                                                                                                                 \
    break;                                                                                                            \
  case 7:                                                                                                             \
    FOR_EACH_INDEX {                                                                                                  \
      Words numbers = WIDEN(PLANE(0), Words) | WIDEN(PLANE(1), Words) << 8 | WIDEN(PLANE(2), Words) << 16;            \
      Longs values = DIFFERENCES(numbers, SignedWords) + column.base;                                                 \
      USE;                                                                                                            \
    }                                                                                                                 \
    break;                                                                                                            \
  case 15:                                                                                                            \
    FOR_EACH_INDEX {                                                                                                  \
      Words numbers = WIDEN(PLANE(0), Words) | WIDEN(PLANE(1), Words) << 8 | WIDEN(PLANE(2), Words) << 16             \
        | WIDEN(PLANE(3), Words) << 24;                                                                               \
      Longs values = DIFFERENCES(numbers, SignedWords) + column.base;                                                 \
      USE;                                                                                                            \
    }                                                                                                                 \
    break;                                                                                                            \
  default:                                                                                                            \
    FOR_EACH_INDEX {                                                                                                  \
      Longs numbers = {0};                                                                                            \
      size_t plane = 0;                                                                                               \
      for (unsigned byte = 0; byte < 8; byte++)                                                                       \
        if (column.mask >> byte & 1) numbers |= WIDEN(PLANE(plane++), Longs) << (8 * byte);                           \
      Longs values = UNZIGZAG(numbers) + column.base;                                                                 \
      USE;                                                                                                            \
    }                                                                                                                 \
  }

#define AT(array) (*(Longs *)(array + index))

FOR_EACH_MACHINE
void partita_column_values(const struct PartitaColumn *from, const uint64_t *times, uint64_t *target) {
  const struct PartitaColumn column = *from;
  if (times) {
    FOR_EACH_EIGHT(AT(target) = values + *(const Longs *)(times + index))
  } else {
    FOR_EACH_EIGHT(AT(target) = values)
  }
}

FOR_EACH_MACHINE
void partita_column_begin(
  const struct PartitaColumn *from, uint64_t common, uint64_t shift, uint64_t mask, uint64_t *target) {
  const struct PartitaColumn column = *from;
  FOR_EACH_EIGHT(AT(target) = (values & mask) << shift | common)
}

FOR_EACH_MACHINE
void partita_column_mix(const struct PartitaColumn *from, uint64_t shift, uint64_t mask, uint64_t *target) {
  const struct PartitaColumn column = *from;
  FOR_EACH_EIGHT(AT(target) |= (values & mask) << shift)
}

FOR_EACH_MACHINE
uint64_t partita_column_sum(const struct PartitaColumn *from, uint64_t mask) {
  const struct PartitaColumn column = *from;
  const Longs lanes = {0, 1, 2, 3, 4, 5, 6, 7};
  Longs sums = {0};
  // The last eight may reach beyond the column.
  FOR_EACH_EIGHT(sums += values & mask & (Longs)(lanes < column.count - index))
  uint64_t sum = 0;
  for (unsigned lane = 0; lane < 8; lane++) sum += sums[lane];
  return sum;
}

FOR_EACH_MACHINE
uint64_t partita_sum(const uint64_t *numbers, size_t count, uint64_t mask) {
  uint64_t sum = 0;
  for (size_t index = 0; index < count; index++) sum += numbers[index] & mask;
  return sum;
}

FOR_EACH_MACHINE
uint64_t partita_sum_order(const uint16_t *indices, size_t count) {
  uint64_t sum = 0;
  for (size_t place = 0; place < count; place++) sum += (uint32_t)indices[place] ^ (uint32_t)place;
  return sum;
}

typedef uint64_t Two __attribute__((vector_size(16), aligned(1)));
typedef uint64_t Four __attribute__((vector_size(32), aligned(1)));

#define WORD(number, count) ((number) < (count) ? words[(number) * group.stride + place] : 0)
#define FOR_EACH_PLACE(DO)                                                                                            \
  for (; place < group.last && group.indices[place] < end; place++) {                                                 \
    size_t row = group.indices[place] - begin;                                                                        \
    DO                                                                                                                \
  }                                                                                                                   \
  return place;
#define FOR_EACH_COUNT(DO)                                                                                            \
  switch (group.word_count) {                                                                                         \
  case 0: FOR_EACH_PLACE(DO(0))                                                                                       \
  case 1: FOR_EACH_PLACE(DO(1))                                                                                       \
  case 2: FOR_EACH_PLACE(DO(2))                                                                                       \
  case 3: FOR_EACH_PLACE(DO(3))                                                                                       \
  case 4: FOR_EACH_PLACE(DO(4))                                                                                       \
  case 5: FOR_EACH_PLACE(DO(5))                                                                                       \
  case 6: FOR_EACH_PLACE(DO(6))                                                                                       \
  case 7: FOR_EACH_PLACE(DO(7))                                                                                       \
  default: FOR_EACH_PLACE(DO(8))                                                                                      \
  }

// Few wide stores: single ones fill the queue before the memory that they go to is there.
#define PUT_EVENT(count)                                                                                              \
  char *to = events + row * PARTITA_EVENT_BYTES;                                                                      \
  *(Two *)to = (Two){group.times[place], group.heads[place]};                                                         \
  *(Four *)(to + 16) = (Four){WORD(0, count), WORD(1, count), WORD(2, count), WORD(3, count)};                        \
  *(Four *)(to + 48) = (Four){WORD(4, count), WORD(5, count), WORD(6, count), WORD(7, count)};

#define PUT_ROW(count)                                                                                                \
  char *to = rows + row * PARTITA_ROW_BYTES;                                                                          \
  *(Four *)to = (Four){group.times[place], group.heads[place], WORD(0, count), WORD(1, count)};                       \
  *(Four *)(to + 32) = (Four){WORD(2, count), WORD(3, count), WORD(4, count), WORD(5, count)};                        \
  if ((count) > 6) rests[row] = (Two){WORD(6, count), WORD(7, count)};

FOR_EACH_MACHINE
size_t partita_events(const struct PartitaGroup *from, size_t place, size_t begin, size_t end, void *target) {
  const struct PartitaGroup group = *from;
  char *events = target;
  const uint64_t *words = group.words;
  FOR_EACH_COUNT(PUT_EVENT)
}

FOR_EACH_MACHINE
size_t partita_rows(
  const struct PartitaGroup *from, size_t place, size_t begin, size_t end, void *row_target, void *rest_target) {
  const struct PartitaGroup group = *from;
  char *rows = row_target;
  Two *rests = rest_target;
  const uint64_t *words = group.words;
  FOR_EACH_COUNT(PUT_ROW)
}

// Not for vectors: each event's place and time follow from those before. Where the loads stand eight times in the loop
// the processor learns for each of them which stores it need not wait for: half the time.
uint64_t partita_order(
  const uint8_t *groups, size_t count, uint64_t time, uint32_t *cursors, uint64_t *times, uint16_t *indices,
  bool *is_backwards) {
  bool backwards = false;
#pragma clang loop unroll_count(8)
  for (size_t event = 0; event < count; event++) {
    uint32_t place = cursors[groups[event]]++;
    uint64_t next = time + times[place];
    backwards |= next < time;
    time = next;
    times[place] = next;
    indices[place] = (uint16_t)event;
  }
  *is_backwards = backwards;
  return time;
}

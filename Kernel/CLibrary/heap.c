// What musl's `malloc` asks of a system: pages, from the partition's own static memory, and locks.
//
// The library ends in functions that make system calls of Linux, which here would be some hypercall or none. These take
// their place: they are found before those of its archive, which is asked only for what is missing.
#include "partita_heap.h"

#include <errno.h>
#include <partita.h>
#include <string.h>
#include <sys/mman.h>

enum {
  page_bytes = PARTITA_HEAP_PAGE_BYTES,
  bits_per_word = 64,
  most_pages = PARTITA_MAXIMUM_HEAP_BYTES / page_bytes,
};

// A bit for each page that is given away; those from `fresh` on never were, and are zero still.
static uint64_t given[most_pages / bits_per_word];
static size_t fresh;

static size_t page_count(void) { return partita_heap_bytes / page_bytes; }
static int is_given(size_t page) { return given[page / bits_per_word] >> (page % bits_per_word) & 1; }

static void give(size_t first, size_t count, int isGiven) {
  for (size_t page = first; page < first + count; page++) {
    uint64_t bit = (uint64_t)1 << (page % bits_per_word);
    if (isGiven) given[page / bits_per_word] |= bit;
    else given[page / bits_per_word] &= ~bit;
  }
}

/// How many pages from `first` on are free, `wanted` at most.
static size_t free_pages(size_t first, size_t wanted) {
  size_t count = 0;
  while (count < wanted && first + count < page_count() && !is_given(first + count)) count++;
  return count;
}

/// Takes the first run of free pages that is long enough: zero, as musl relies on.
static void *take(size_t wanted) {
  uint64_t before = partita_interrupts_disable();
  size_t first = 0, found = 0;
  while (first < page_count() && (found = free_pages(first, wanted)) < wanted) first += found + 1;
  int isFound = wanted > 0 && first < page_count();
  // Below this they may have been written to.
  size_t zero_from = fresh;
  if (isFound) {
    give(first, wanted, 1);
    if (fresh < first + wanted) fresh = first + wanted;
  }
  partita_interrupts_restore(before);
  if (!isFound) return 0;
  unsigned char *start = partita_heap + first * page_bytes;
  size_t end = first + wanted < zero_from ? first + wanted : zero_from;
  // With interrupts: they are nobody else's by now.
  if (first < end) memset(start, 0, (end - first) * page_bytes);
  return start;
}

static size_t pages(size_t bytes) { return bytes / page_bytes + (bytes % page_bytes != 0); }

/// The number of the page at an address of the heap; -1 where there is none.
static ptrdiff_t page_at(const void *address) {
  uintptr_t offset = (uintptr_t)address - (uintptr_t)partita_heap;
  return offset < partita_heap_bytes && offset % page_bytes == 0 ? (ptrdiff_t)(offset / page_bytes) : -1;
}

static void *fail(int error) {
  errno = error;
  return MAP_FAILED;
}

void *__mmap(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
  (void)address, (void)protection, (void)descriptor, (void)offset;
  if (length == 0) return fail(EINVAL);
  // There are no files, and no places to choose.
  if (!(flags & MAP_ANONYMOUS) || flags & MAP_FIXED) return fail(ENOSYS);
  void *found = take(pages(length));
  return found ? found : fail(ENOMEM);
}

int __munmap(void *address, size_t length) {
  ptrdiff_t first = page_at(address);
  if (first < 0 || pages(length) > page_count() - (size_t)first) {
    errno = EINVAL;
    return -1;
  }
  uint64_t before = partita_interrupts_disable();
  give((size_t)first, pages(length), 0);
  partita_interrupts_restore(before);
  return 0;
}

/// Where it lies; musl moves it by itself where that fails.
void *__mremap(void *address, size_t old_length, size_t new_length, int flags, ...) {
  ptrdiff_t first = page_at(address);
  (void)flags;
  if (first < 0 || new_length == 0 || pages(old_length) > page_count() - (size_t)first) return fail(EINVAL);
  size_t old_pages = pages(old_length), new_pages = pages(new_length);
  if (new_pages > old_pages) return fail(ENOMEM);
  uint64_t before = partita_interrupts_disable();
  give((size_t)first + new_pages, old_pages - new_pages, 0);
  partita_interrupts_restore(before);
  return address;
}

/// All of the heap may be read and written.
int __mprotect(void *address, size_t length, int protection) {
  (void)address, (void)length, (void)protection;
  return 0;
}

int __madvise(void *address, size_t length, int advice) {
  (void)address, (void)length, (void)advice;
  return 0;
}

// The names that programs know.
void *mmap(void *, size_t, int, int, int, off_t) __attribute__((weak, alias("__mmap")));
int munmap(void *, size_t) __attribute__((weak, alias("__munmap")));
void *mremap(void *, size_t, size_t, int, ...) __attribute__((weak, alias("__mremap")));
int mprotect(void *, size_t, int) __attribute__((weak, alias("__mprotect")));
int madvise(void *, size_t, int) __attribute__((weak, alias("__madvise")));

/// Nobody of the partition runs meanwhile, whoever calls: no process, no handler. Not by LOCK_PREEMPTION, which refuses
/// who owns a mutex. The lock keeps whether there is something to be undone.
void __lock(volatile int *lock) {
  if (partita_interrupts_disable()) *lock = 1;
}

void __unlock(volatile int *lock) {
  if (!*lock) return;
  *lock = 0;
  partita_interrupts_enable();
}

/// How the state of musl's allocator begins, and where in it the end of the program's data segment is.
extern struct {
  uint64_t secret;
  int is_begun;
} __malloc_context;
enum { data_segment_end = 920 };

/// Before the first `malloc`.
void partita_begin_heap(void) {
  // The allocator's secret, which finds some overruns, would come from Linux's auxiliary vector. This one is always the
  // same: so are two runs.
  __malloc_context.secret = 0x9E3779B97F4A7C15;
  __malloc_context.is_begun = 1;
  // There is no data segment that grows: pages come from `__mmap` alone.
  *(uintptr_t *)((unsigned char *)&__malloc_context + data_segment_end) = UINTPTR_MAX;
}

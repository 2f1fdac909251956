// What a partition needs below Swift and C: hypercalls, the virtual interrupt flag, I/O ports, the time-stamp counter.
// Everything is inline, so that a hypercall costs the caller no more than `syscall` and the moves before it.
#ifndef PARTITA_PARTITION_ENTRY_H
#define PARTITA_PARTITION_ENTRY_H

#include <stdint.h>

#include "partition_layout.h"

// Always: Swift calls these across modules, where the compiler by itself would leave calls.
#define PARTITA_INLINE static inline __attribute__((always_inline))

/// What the kernel answers: a `ReturnCode` and a value.
struct partita_answer {
  uint64_t status;
  uint64_t value;
};

typedef void (*partita_interrupt_handler)(uint64_t vector, uint64_t marks);

// The symbols of upcall.S; only their addresses mean anything.
extern const uint8_t partita_upcall_entry[];
extern const uint8_t partita_upcall_tail_start[];
extern const uint8_t partita_upcall_tail_end[];

PARTITA_INLINE struct partita_answer partita_hypercall4(
    uint64_t number, uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
  struct partita_answer answer;
  register uint64_t fourth __asm__("r10") = d;
  __asm__ volatile("syscall"
                   : "=a"(answer.status), "=d"(answer.value)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth)
                   : "rcx", "r11", "memory", "cc");
  return answer;
}

PARTITA_INLINE struct partita_answer partita_hypercall3(uint64_t number, uint64_t a, uint64_t b, uint64_t c) {
  struct partita_answer answer;
  __asm__ volatile("syscall"
                   : "=a"(answer.status), "=d"(answer.value)
                   : "a"(number), "D"(a), "S"(b), "d"(c)
                   : "rcx", "r11", "memory", "cc");
  return answer;
}

PARTITA_INLINE struct partita_answer partita_hypercall2(uint64_t number, uint64_t a, uint64_t b) {
  struct partita_answer answer;
  __asm__ volatile("syscall"
                   : "=a"(answer.status), "=d"(answer.value)
                   : "a"(number), "D"(a), "S"(b)
                   : "rcx", "r11", "memory", "cc");
  return answer;
}

PARTITA_INLINE struct partita_answer partita_hypercall1(uint64_t number, uint64_t a) {
  struct partita_answer answer;
  __asm__ volatile("syscall"
                   : "=a"(answer.status), "=d"(answer.value)
                   : "a"(number), "D"(a)
                   : "rcx", "r11", "memory", "cc");
  return answer;
}

PARTITA_INLINE struct partita_answer partita_hypercall0(uint64_t number) {
  struct partita_answer answer;
  __asm__ volatile("syscall"
                   : "=a"(answer.status), "=d"(answer.value)
                   : "a"(number)
                   : "rcx", "r11", "memory", "cc");
  return answer;
}

/// Yields and answers the time-stamp counter as the very first instruction of the next window reads it. That
/// instruction overwrites `rax` and `rdx`, so status and value are lost: the window's start is in the information
/// page. Mask the virtual interrupts before, or the first instruction may be an upcall's.
PARTITA_INLINE uint64_t partita_yield_timed(void) {
  uint64_t low = PARTITA_YIELD, high;
  __asm__ volatile("syscall\n\trdtsc" : "+a"(low), "=d"(high) : : "rcx", "r11", "memory", "cc");
  return high << 32 | low;
}

PARTITA_INLINE uint64_t partita_read_tsc(void) {
  uint32_t low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
  return (uint64_t)high << 32 | low;
}

// Volatile access by address: words that the kernel, or an upcall, changes behind the compiler's back.
PARTITA_INLINE uint64_t partita_load64(uint64_t address) { return *(volatile const uint64_t *)(uintptr_t)address; }
PARTITA_INLINE uint32_t partita_load32(uint64_t address) { return *(volatile const uint32_t *)(uintptr_t)address; }
PARTITA_INLINE uint16_t partita_load16(uint64_t address) { return *(volatile const uint16_t *)(uintptr_t)address; }
PARTITA_INLINE void partita_store64(uint64_t address, uint64_t value) {
  *(volatile uint64_t *)(uintptr_t)address = value;
}

/// Counts a change of the virtual interrupt flag. One instruction, so that an upcall in between cannot lose a count.
PARTITA_INLINE void partita_count_flip(void) {
  __asm__ volatile("incl %0" : "+m"(*(volatile uint32_t *)(uintptr_t)(PARTITA_SHARED_PAGE + PARTITA_FLIPS)) : : "cc");
}

/// Takes upcalls from now on. A mark that came while they were masked is delivered before this returns: the flag is
/// set first and the pending word read after it, so a mark lands either before the read, and is seen, or after the
/// flag, and is delivered by the kernel itself.
PARTITA_INLINE void partita_interrupts_enable(void) {
  if (partita_load64(PARTITA_SHARED_PAGE + PARTITA_VIRTUAL_INTERRUPT_FLAG) == 0) {
    partita_count_flip();
    partita_store64(PARTITA_SHARED_PAGE + PARTITA_VIRTUAL_INTERRUPT_FLAG, 1);
  }
  __asm__ volatile("" : : : "memory");
  if (partita_load64(PARTITA_SHARED_PAGE + PARTITA_PENDING) != 0) partita_hypercall0(PARTITA_NULL);
}

/// Takes no upcalls from now on; answers the flag as it was, 1 or 0.
PARTITA_INLINE uint64_t partita_interrupts_disable(void) {
  uint64_t before = partita_load64(PARTITA_SHARED_PAGE + PARTITA_VIRTUAL_INTERRUPT_FLAG);
  if (before != 0) {
    partita_count_flip();
    partita_store64(PARTITA_SHARED_PAGE + PARTITA_VIRTUAL_INTERRUPT_FLAG, 0);
  }
  __asm__ volatile("" : : : "memory");
  return before;
}

// I/O ports; a general-protection fault where the module grants none.
PARTITA_INLINE uint8_t partita_port_read(uint16_t port) {
  uint8_t value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port) : "memory");
  return value;
}
PARTITA_INLINE void partita_port_write(uint16_t port, uint8_t value) {
  __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port) : "memory");
}

#endif

// What a partition needs below Swift and C: hypercalls, the virtual interrupt flag, I/O ports, the time-stamp counter.
// Everything is inline, so that a hypercall costs the caller no more than `syscall` and the moves before it.
#ifndef PARTITA_PARTITION_ENTRY_H
#define PARTITA_PARTITION_ENTRY_H

#include <stdint.h>

#include "partita_flow.h"
#include "partition_layout.h"

// Always: Swift calls these across modules, where the compiler by itself would leave calls.
#define PARTITA_INLINE static inline __attribute__((always_inline))

/// What the kernel answers: a `ReturnCode` and a value.
struct partita_answer {
  uint64_t status;
  uint64_t value;
};

typedef void (*partita_interrupt_handler)(uint64_t vector, uint64_t marks);

/// The context that an exception interrupted (UpcallFrame). What the handler changes comes back.
struct partita_exception_frame {
  uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15;
  uint64_t rip, cs, rflags, rsp, ss;
  uint64_t return_stack;
  uint64_t error_code, fault_address;
  /// The vector; bit 16: the return switches the virtual interrupt flag on.
  uint64_t cause;
};

/// Called with upcalls masked, on the interrupted stack below the frame. Returning resumes the frame's context.
typedef void (*partita_exception_handler)(
    uint64_t vector, struct partita_exception_frame *frame, uint64_t error_code, uint64_t fault_address);

// The symbols of upcall.S and exception.S; only their addresses mean anything.
extern const uint8_t partita_exception_entry[];
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
  __asm__ volatile("" : : : "memory");
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

/// The virtual interrupt flag, 1 or 0: 1 while upcalls are taken.
PARTITA_INLINE uint64_t partita_interrupts_test(void) {
  return partita_load64(PARTITA_SHARED_PAGE + PARTITA_VIRTUAL_INTERRUPT_FLAG) & 1;
}

/// Puts the flag back to what `partita_interrupts_disable` answered.
PARTITA_INLINE void partita_interrupts_restore(uint64_t before) {
  if (before != 0) partita_interrupts_enable();
}

// What the trampolines count at a return, for those who leave a handler by another way. One instruction each, so that
// an upcall in between cannot lose a count.
PARTITA_INLINE void partita_count_upcall_return(void) {
  __asm__ volatile(
      "incw %0" : "+m"(*(volatile uint16_t *)(uintptr_t)(PARTITA_SHARED_PAGE + PARTITA_UPCALLS_RETURNED)) : : "cc");
}
PARTITA_INLINE void partita_count_exception_return(void) {
  __asm__ volatile(
      "incl %0" : "+m"(*(volatile uint32_t *)(uintptr_t)(PARTITA_SHARED_PAGE + PARTITA_EXCEPTIONS_RETURNED)) : : "cc");
}
/// All handlers of upcalls that are under way are over for the kernel: nobody comes back to them.
PARTITA_INLINE void partita_forget_upcalls(void) {
  const uint16_t entered = partita_load16(PARTITA_SHARED_PAGE + PARTITA_UPCALLS_ENTERED);
  if (entered == partita_load16(PARTITA_SHARED_PAGE + PARTITA_UPCALLS_RETURNED)) return;
  *(volatile uint16_t *)(uintptr_t)(PARTITA_SHARED_PAGE + PARTITA_UPCALLS_RETURNED) = entered;
}

// The services of the paravirtualisation layer. Each answers a `RETURN_CODE_TYPE`.

/// Binds a handler to an interrupt (vectors 32 … 66) and makes it ready; nothing is delivered while the flag is off.
PARTITA_INLINE uint64_t partita_register_interrupt(uint64_t vector, partita_interrupt_handler handler) {
  uint64_t status = partita_hypercall1(PARTITA_REGISTER_VCPU, vector).status;
  if (status != 0) return status;
  status = partita_hypercall2(PARTITA_REGISTER_HANDLER, vector, (uint64_t)(uintptr_t)handler).status;
  if (status != 0) return status;
  return partita_hypercall1(PARTITA_ENABLE_INTERRUPT, vector).status;
}

/// Undoes `partita_register_interrupt`; marks that wait are forgotten.
PARTITA_INLINE uint64_t partita_unregister_interrupt(uint64_t vector) {
  uint64_t status = partita_hypercall1(PARTITA_DISABLE_INTERRUPT, vector).status;
  if (status != 0) return status;
  status = partita_hypercall1(PARTITA_UNREGISTER_HANDLER, vector).status;
  if (status != 0) return status;
  return partita_hypercall1(PARTITA_UNREGISTER_VCPU, vector).status;
}

/// Ends the service of an interrupt; answers how many marks its upcall had coalesced, 0 where it was not in service.
PARTITA_INLINE uint64_t partita_acknowledge_interrupt(uint64_t vector) {
  struct partita_answer answer = partita_hypercall1(PARTITA_ACKNOWLEDGE_INTERRUPT, vector);
  return answer.status == 0 ? answer.value : 0;
}

/// Binds the caller's end of an event channel to a handler and makes it ready; `vector` gets its vector.
PARTITA_INLINE uint64_t partita_bind_event(
    uint64_t channel, partita_interrupt_handler handler, uint64_t *vector) {
  struct partita_answer answer = partita_hypercall1(PARTITA_BIND_EVENT, channel);
  if (answer.status != 0) return answer.status;
  *vector = answer.value;
  uint64_t status = partita_hypercall2(PARTITA_REGISTER_HANDLER, *vector, (uint64_t)(uintptr_t)handler).status;
  if (status != 0) return status;
  return partita_hypercall1(PARTITA_ENABLE_INTERRUPT, *vector).status;
}

/// Marks the destination of an event channel; NO_ACTION where that has not bound its end.
PARTITA_INLINE uint64_t partita_raise_event(uint64_t channel) {
  return partita_hypercall1(PARTITA_RAISE_EVENT, channel).status;
}

/// Starts the vCPU's timer (vector 64): first tick at `first` ns of the module's clock, then every `period` ns, at
/// least 10,000; period 0 is one-shot, first tick 0 stops it.
PARTITA_INLINE uint64_t partita_set_timer(uint64_t first, uint64_t period) {
  return partita_hypercall2(PARTITA_SET_TIMER, first, period).status;
}

/// Sets the handler of a CPU exception (vectors 0 … 31 but 2, 8, 18; 32 for errors of process level); 0 removes it.
PARTITA_INLINE uint64_t partita_set_exception_handler(uint64_t vector, partita_exception_handler handler) {
  return partita_hypercall2(PARTITA_SET_EXCEPTION_HANDLER, vector, (uint64_t)(uintptr_t)handler).status;
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

// MinimalGuest: a small preemptive operating system on the paravirtualisation layer. The manual walks through it
// (PuttingAGuestOnTheLayer.md).
//
//   entry.S        the guest's own trampolines: from the kernel into the guest, and back into a task
//   main.c         start-up and the idle loop
//   interrupts.c   the interrupt table: tick and device
//   exceptions.c   the exception table: repairs, kills, and system calls
//   tasks.c        tasks, sleep, and the choice of who runs next
//   programs.c     what the tasks do
#ifndef GUEST_H
#define GUEST_H

#include <partita.h>
#include <stdint.h>

enum {
  tick_ns = 1000000,
  timer_vector = 64,
  // The real-time clock's line 8. The module lets the kernel read the device's status, so the guest only counts.
  device_vector = 40,
  stack_bytes = 16384,
};

// What the notes in the trace tell: bits 0–7 of the first word; see each.
enum {
  // Bits 8–39: the ticks that this upcall stands for; second word: all ticks so far.
  note_tick = 1,
  // Bits 8–15: from which task, 16–23: to which; second word: all switches so far.
  note_switch = 2,
  // Bits 8–39: the interrupts that this upcall stands for; second word: all so far.
  note_device = 3,
  // Bits 8–39: sums that came out wrong; second word: steps so far.
  note_worker = 4,
  // Bits 8–39: pairs that did not fit; second word: rounds so far.
  note_logger = 5,
  // Bits 8–15: vector, 16–23: task; second word: instruction pointer, or the address of a page fault.
  note_exception = 6,
  // Bits 8–15: the task that was killed; second word: tasks left.
  note_killed = 7,
  // Bits 8–15: ticks seen while masked, 16–23: the pending word was set; second word: ticks seen right after.
  note_masked = 8,
  // Second word: what the repaired division answered.
  note_repaired = 9,
  // A task went on where it must not.
  note_survived = 10,
  // Bit 8: the message is valid; second word: its bytes.
  note_message = 11,
};

// System calls: `int $0x80` with the number in rax and an argument in rdi, rsi; the answer in rax.
enum { call_number = 0x80, call_sleep = 1, call_note = 2, call_write = 3, call_exit = 4 };

typedef struct partita_exception_frame guest_frame;

// entry.S
extern const uint8_t guest_upcall_entry[], guest_exception_entry[];
extern const uint8_t guest_divide_fault[], guest_divide_repair[];
extern uint8_t guest_kernel_stack[], guest_kernel_stack_top[];
uint64_t guest_divide(uint64_t dividend, uint64_t divisor);
uint64_t guest_call(uint64_t number, uint64_t first, uint64_t second);

// interrupts.c
extern volatile uint64_t ticks, device_interrupts, twin_ticks;
void interrupts_start(void);

// exceptions.c
void exceptions_start(void);

// tasks.c. All but the first are called with upcalls masked.
enum { idle_task, worker_task, logger_task, faulty_task, task_count };
void task_create(int task, const char *name, void (*program)(void));
void tasks_wake(uint64_t now);
void task_sleep(uint64_t until);
void task_kill(void);
int current_task(void);
guest_frame *tasks_next(guest_frame *interrupted);

// programs.c
void message_start(void), worker(void), logger(void), faulty(void);

static inline void note(uint64_t what, uint64_t detail, uint64_t value) {
  partita_hypercall2(PARTITA_NOTE, what | detail << 8, value);
}

#endif

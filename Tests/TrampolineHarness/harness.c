#define _GNU_SOURCE
#include "TrampolineHarness.h"
#include "surroundings.h"

#include <PartitionEntry.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

// What interrupted.S shares.
extern void harness_interrupted(void);
extern const uint8_t harness_window_start[], harness_window_end[];

enum { stack_bytes = 1 << 16, trap_flag = 0x100, seen_limit = 16 };

/// The registers of a frame, in its order.
static const int frame_registers[15] = {REG_RAX, REG_RBX, REG_RCX, REG_RDX, REG_RSI, REG_RDI, REG_RBP, REG_R8,
                                        REG_R9,  REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15};

static struct harness_report report;
static uint64_t depth_limit, exception_step, first_frame;
static int handler_enables, exception_handler_enables;
static int64_t stack_change;
// What the interrupted code goes on with after its stack pointer was moved: moved.S puts it back.
uint64_t harness_old_stack, harness_resume;
extern const uint8_t harness_moved[];
static uint64_t first_arrival, arrival_count, other_arrival, waiting_marks;
static uint64_t seen_frames[seen_limit];
static int is_inside;
static uint64_t worst_left;
static uint32_t last_flips;

static volatile uint64_t *shared(uint64_t offset) { return (volatile uint64_t *)(PARTITA_SHARED_PAGE + offset); }

/// The partition's handler; it leaves the vector and x87 registers as different as it can.
static void handler(uint64_t vector, uint64_t marks) {
  report.marks_handled += vector == 40 ? marks : 0;
  if (handler_enables) partita_interrupts_enable();
  __asm__ volatile(
      "pcmpeqd %%xmm0, %%xmm0\n\tmovdqa %%xmm0, %%xmm1\n\tmovdqa %%xmm0, %%xmm7\n\tmovdqa %%xmm0, %%xmm15\n\t"
      "fldz\n\tfstp %%st(0)\n\tstd\n\tcld"
      :
      :
      : "xmm0", "xmm1", "xmm7", "xmm15", "memory", "cc");
}

enum { test_vector = 6, test_error_code = 0x1234, test_address = 0x5678 };

/// The partition's exception handler.
static void exception_handler(
    uint64_t vector, struct partita_exception_frame *frame, uint64_t error_code, uint64_t fault_address) {
  if (vector != test_vector || error_code != test_error_code || fault_address != test_address ||
      frame->error_code != error_code || frame->fault_address != fault_address ||
      (frame->cause & 0xFFFF) != vector || frame->r15 != 0xFFFFFFFFFFFFFFFF) {
    report.mistold += 1;
  }
  __asm__ volatile("pcmpeqd %%xmm0, %%xmm0\n\tmovdqa %%xmm0, %%xmm9\n\tfldz\n\tfstp %%st(0)" : : : "xmm0", "xmm9");
  if (exception_handler_enables) partita_interrupts_enable();
  frame->rip += 1;
  if (stack_change != 0) {
    harness_old_stack = frame->rsp;
    harness_resume = frame->rip;
    frame->rsp += (uint64_t)stack_change;
    frame->rip = (uint64_t)(uintptr_t)harness_moved;
  }
}

static uint64_t unfinished(void) {
  return (uint16_t)(report.upcalls - partita_load16(PARTITA_SHARED_PAGE + PARTITA_UPCALLS_RETURNED));
}

static void note_frame(uint64_t frame) {
  if (first_frame == 0) first_frame = frame;
  if (first_frame > frame && first_frame - frame > report.frame_span) report.frame_span = first_frame - frame;
  for (int i = 0; i < seen_limit; i++) {
    if (seen_frames[i] == frame) return;
    if (seen_frames[i] == 0) {
      seen_frames[i] = frame;
      report.distinct_frames += 1;
      return;
    }
  }
}

static void enter_upcall(greg_t *registers, uint64_t frame) {
  *shared(PARTITA_VIRTUAL_INTERRUPT_FLAG) = 0;
  *shared(PARTITA_PENDING) = 0;
  report.upcalls += 1;
  if (unfinished() > report.deepest) report.deepest = unfinished();
  registers[REG_RIP] = (greg_t)(uintptr_t)partita_upcall_entry;
  registers[REG_RSP] = (greg_t)frame;
  registers[REG_RDI] = 40;
  registers[REG_RSI] = (greg_t)waiting_marks;
  registers[REG_RDX] = (greg_t)(uintptr_t)handler;
  registers[REG_RCX] = (greg_t)report.upcalls;
  registers[REG_EFL] = 0x202 | trap_flag;
  waiting_marks = 0;
}

/// What the kernel does when it could enter the partition again.
static void deliver(greg_t *registers) {
  if (waiting_marks == 0) return;
  if (*shared(PARTITA_VIRTUAL_INTERRUPT_FLAG) == 0 || unfinished() >= depth_limit) {
    *shared(PARTITA_PENDING) = 1;
    return;
  }
  const uint8_t *rip = (const uint8_t *)registers[REG_RIP];
  uint64_t stack = (uint64_t)registers[REG_RSP];
  if (rip >= partita_upcall_tail_start && rip < partita_upcall_tail_end) {
    report.reused_frames += 1;
    // The last two instructions are `popfq` and `ret $128`: 1 and 3 bytes.
    uint64_t words = rip == partita_upcall_tail_end - 3 ? stack - 8 : stack;
    uint64_t frame = (words + PARTITA_RETURN_WORDS_DEPTH - 128 - PARTITA_FRAME_BYTES) & ~15ull;
    enter_upcall(registers, rip >= partita_upcall_tail_end - 4 ? frame : stack);
    return;
  }
  uint64_t frame = (stack - 128 - PARTITA_FRAME_BYTES) & ~15ull;
  uint64_t *words = (uint64_t *)frame;
  for (int i = 0; i < 15; i++) words[i] = (uint64_t)registers[frame_registers[i]];
  words[15] = (uint64_t)registers[REG_RIP];
  words[16] = (uint64_t)registers[REG_CSGSFS] & 0xFFFF;
  words[17] = (uint64_t)registers[REG_EFL];
  words[18] = stack;
  words[19] = (uint64_t)registers[REG_CSGSFS] >> 48 & 0xFFFF;
  words[20] = stack - PARTITA_RETURN_WORDS_DEPTH;
  uint64_t *return_words = (uint64_t *)words[20];
  return_words[0] = (uint64_t)registers[REG_EFL];
  return_words[1] = (uint64_t)registers[REG_RIP];
  note_frame(frame);
  enter_upcall(registers, frame);
}

/// What the kernel does with an exception that it reflects.
static void reflect(greg_t *registers) {
  report.exceptions += 1;
  uint64_t stack = (uint64_t)registers[REG_RSP];
  uint64_t frame = (stack - 128 - PARTITA_FRAME_BYTES) & ~15ull;
  uint64_t *words = (uint64_t *)frame;
  for (int i = 0; i < 15; i++) words[i] = (uint64_t)registers[frame_registers[i]];
  words[15] = (uint64_t)registers[REG_RIP];
  words[16] = (uint64_t)registers[REG_CSGSFS] & 0xFFFF;
  words[17] = (uint64_t)registers[REG_EFL];
  words[18] = stack;
  words[19] = (uint64_t)registers[REG_CSGSFS] >> 48 & 0xFFFF;
  words[20] = stack - PARTITA_RETURN_WORDS_DEPTH;
  words[21] = test_error_code;
  words[22] = test_address;
  words[23] = test_vector | *shared(PARTITA_VIRTUAL_INTERRUPT_FLAG) << PARTITA_FRAME_CAUSE_ENABLED_BIT;
  *shared(PARTITA_VIRTUAL_INTERRUPT_FLAG) = 0;
  registers[REG_RIP] = (greg_t)(uintptr_t)partita_exception_entry;
  registers[REG_RSP] = (greg_t)frame;
  registers[REG_RDI] = test_vector;
  registers[REG_RSI] = test_error_code;
  registers[REG_RDX] = (greg_t)(uintptr_t)exception_handler;
  registers[REG_RCX] = test_address;
  registers[REG_EFL] = 0x202 | trap_flag;
}

/// Hypercall 32.
static void return_from_upcall(greg_t *registers) {
  report.return_hypercalls += 1;
  if (waiting_marks != 0) {
    enter_upcall(registers, (uint64_t)registers[REG_RSP]);
    return;
  }
  const uint64_t *words = (const uint64_t *)registers[REG_RSP];
  for (int i = 0; i < 15; i++) registers[frame_registers[i]] = (greg_t)words[i];
  registers[REG_RIP] = (greg_t)words[15];
  registers[REG_EFL] = (greg_t)(words[17] | trap_flag);
  registers[REG_RSP] = (greg_t)words[18];
  *shared(PARTITA_VIRTUAL_INTERRUPT_FLAG) = 1;
}

/// Whether an interrupt now would meet the trampoline where it is weakest.
static int is_worst_instant(const uint8_t *rip) {
  static const uint8_t load_number[] = {0xB8, PARTITA_RETURN_FROM_UPCALL, 0, 0, 0};
  uint32_t flips = partita_load32(PARTITA_SHARED_PAGE + PARTITA_FLIPS);
  int has_flipped = flips != last_flips;
  last_flips = flips;
  if (worst_left == 0) return 0;
  int is_enabled = *shared(PARTITA_VIRTUAL_INTERRUPT_FLAG) != 0;
  int is_at_hypercall = memcmp(rip, load_number, sizeof load_number) == 0 || (rip[0] == 0x0F && rip[1] == 0x05);
  if (!(has_flipped && !is_enabled) && !(is_at_hypercall && is_enabled)) return 0;
  worst_left -= 1;
  return 1;
}

/// After each instruction of the thread.
static void kernel(int signal, siginfo_t *information, void *context) {
  (void)signal;
  (void)information;
  greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
  const uint8_t *rip = (const uint8_t *)registers[REG_RIP];
  if (rip == harness_window_start) is_inside = 1;
  if (!is_inside) return;
  if (rip == harness_window_end) {
    is_inside = 0;
    registers[REG_EFL] &= ~(greg_t)trap_flag;
    return;
  }
  uint64_t step = report.steps++;
  if (step == exception_step) {
    reflect(registers);
    rip = (const uint8_t *)registers[REG_RIP];
  }
  int is_worst = is_worst_instant(rip);
  if (is_worst || step == other_arrival || (step >= first_arrival && step - first_arrival < arrival_count)) {
    report.interrupts += 1;
    waiting_marks += 1;
    deliver(registers);
    rip = (const uint8_t *)registers[REG_RIP];
  }
  // Linux must not see the hypercall: it is carried out before the instruction would be.
  if (rip[0] == 0x0F && rip[1] == 0x05 && registers[REG_RAX] == PARTITA_RETURN_FROM_UPCALL) {
    return_from_upcall(registers);
  }
  if (rip[0] == 0x0F && rip[1] == 0x05 && registers[REG_RAX] == PARTITA_NULL) {
    registers[REG_RIP] += 2;
    registers[REG_RAX] = 0;
    deliver(registers);
  }
}

static int starts_enabled = 1;

static struct harness_report run(uint64_t first, uint64_t count, uint64_t other) {
  first_frame = 0;
  memset(&report, 0, sizeof report);
  memset(seen_frames, 0, sizeof seen_frames);
  memset((void *)PARTITA_SHARED_PAGE, 0, harness_page_bytes);
  first_arrival = first;
  arrival_count = count;
  other_arrival = other;
  waiting_marks = 0;
  is_inside = 0;
  last_flips = 0;
  *shared(PARTITA_VIRTUAL_INTERRUPT_FLAG) = (uint64_t)starts_enabled;

  // The signal handler needs a stack of its own: below the thread's stack pointer lies what is under test.
  stack_t alternate = {.ss_sp = malloc(stack_bytes), .ss_size = stack_bytes}, old_alternate;
  struct sigaction action = {.sa_sigaction = kernel, .sa_flags = SA_SIGINFO | SA_ONSTACK}, old_action;
  sigaltstack(&alternate, &old_alternate);
  sigaction(SIGTRAP, &action, &old_action);
  harness_interrupted();
  sigaction(SIGTRAP, &old_action, NULL);
  sigaltstack(&old_alternate, NULL);
  free(alternate.ss_sp);

  report.damage = harness_damage_found();
  report.virtual_interrupt_flag = *shared(PARTITA_VIRTUAL_INTERRUPT_FLAG);
  report.pending = *shared(PARTITA_PENDING);
  report.flips = partita_load32(PARTITA_SHARED_PAGE + PARTITA_FLIPS);
  report.entered = partita_load16(PARTITA_SHARED_PAGE + PARTITA_UPCALLS_ENTERED);
  report.returned = partita_load16(PARTITA_SHARED_PAGE + PARTITA_UPCALLS_RETURNED);
  report.exceptions_returned = partita_load32(PARTITA_SHARED_PAGE + PARTITA_EXCEPTIONS_RETURNED);
  return report;
}

static void prepare_plain(void) {
  worst_left = 0;
  depth_limit = 1000;
  exception_step = ~0ull;
  handler_enables = exception_handler_enables = 0;
  stack_change = 0;
  starts_enabled = 1;
}

struct harness_report harness_run(uint64_t first, uint64_t count, uint64_t other) {
  prepare_plain();
  return run(first, count, other);
}

struct harness_report harness_run_nested(uint64_t first, uint64_t count, uint64_t other) {
  prepare_plain();
  depth_limit = 4;
  handler_enables = 1;
  return run(first, count, other);
}

struct harness_report harness_run_exception(
    int is_enabled, int enables, int64_t change, uint64_t first, uint64_t count, uint64_t other) {
  prepare_plain();
  exception_step = 3;
  starts_enabled = is_enabled;
  exception_handler_enables = enables;
  stack_change = change;
  return run(first, count, other);
}

struct harness_report harness_run_worst(uint64_t count) {
  prepare_plain();
  worst_left = count;
  return run(3, 1, ~0ull);
}

const uint8_t *harness_tail_start(void) { return partita_upcall_tail_start; }

uint64_t harness_tail_bytes(void) { return (uint64_t)(partita_upcall_tail_end - partita_upcall_tail_start); }

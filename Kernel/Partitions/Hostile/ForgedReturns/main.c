// Returns from upcalls that never were, through frames of its own making: to the kernel, with the kernel's selectors
// and flags, to addresses that are none, from frames at the edges of its memory.
#include <HostileLoad.h>
#include <PartitionEntry.h>

static uint64_t frame[32] __attribute__((aligned(16)));
static volatile uint64_t resumed;

__asm__(
    ".text\nresumed_here:\n\tmovq %rcx, %rsp\n\tpushfq\n\tpopq %rax\n\tmovq %rax, resumed\n\tmovq %rdx, %rsp\n\t"
    "pushq $0x202\n\tpopfq\n\tret\n");
extern const uint8_t resumed_here[];

struct forgery {
  uint64_t rip, cs, flags, rsp, ss;
};
static const struct forgery forgeries[] = {
    {0, 0x08, 0x202, 0x2FEFF000, 0x10},          {0, 0x08, 0x3202, 0x2FEFF000, 0x1B},
    {0, 0x23, 0x3F7FD7, 0x2FEFF000, 0x1B},       {0, 0x23, 0x23002, 0x2FEFF000, 0x1B},
    {0, 0x23, 0x4002, 0x2FEFF000, 0x1B},         {0, 0x23, 0x0, 0x2FEFF000, 0x1B},
    {0, 0x23, 0x202, 0xFFFFFFFF8000E000, 0x1B},  {0, 0x23, 0x202, 0x0000800000000000, 0x1B},
    {0, 0x23, 0x202, 0, 0x1B},                   {0, 0x1B, 0x202, 0x2FEFF001, 0x0},
    {0xFFFFFFFF80000000, 0x08, 2, 0x2FEFF000, 0x10}, {0x0000800000000000, 0x23, 0x202, 0x2FEFF000, 0x1B},
    {0x00007FFFFFFFFFFF, 0x23, 0x202, 0x2FEFF000, 0x1B}, {0x100000, 0x08, 2, 0x2FEFF000, 0x10},
    {0xFFFFFFFFFFFFFFFF, 0x23, 0x202, 0x2FEFF000, 0x1B}, {0x408000, 0x23, 0x202, 0x2FEFF000, 0x1B}};

static void forge(uint64_t index) {
  const struct forgery *f = &forgeries[index];
  frame[15] = f->rip ? f->rip : (uint64_t)resumed_here;
  frame[16] = f->cs;
  frame[17] = f->flags;
  frame[18] = f->rsp;
  frame[19] = f->ss;
  frame[2] = (uint64_t)(frame + 32);  // rcx, a stack
  uint64_t stack;
  __asm__ volatile("movq %%rsp, %0" : "=r"(stack));
  __asm__ volatile(
      "leaq -8(%%rsp), %%rax\n\tmovq %%rax, 24+%[frame]\n\tmovq %%rsp, %%r12\n\tpushq $1f\n\tmovq $%c[at], %%rsp\n\t"
      "movl $32, %%eax\n\tsyscall\n\tmovq %%r12, %%rsp\n1:"
      : [frame] "+m"(frame) : [at] "i"(frame) : "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8", "r9", "r10",
        "r11", "r12", "r13", "r14", "r15", "memory", "cc");
}

static void return_from(uint64_t place) {
  __asm__ volatile("movq %%rsp, %%r12\n\tmovq %0, %%rsp\n\tmovl $32, %%eax\n\tsyscall\n\tmovq %%r12, %%rsp"
                   : : "r"(place) : "rax", "rcx", "rdx", "r11", "r12", "memory");
}
static const uint64_t places[] = {0, 8, 0x400000, 0x408000, 0x409FF0, 0x40FF41, 0x40FF50, 0x410000, 0x2FEF0000 - 8,
                                  0x2FEFFF50, 0x2FF00000, 0x30000000, 0x30001000, 0x0000800000000000,
                                  0xFFFFFFFF8000E390, 0xFFFFFFFFFFFFFF40};

int main(void) {
  behave_until_due();
  prepare_attempts();
  unsigned long wrong = 0;
  for (unsigned i = 0; i < sizeof forgeries / sizeof forgeries[0]; i++) {
    resumed = 0x202;
    attempt(forge, i);
    // Whatever the frame said: interrupts on, no I/O privilege, not virtual 8086, not nested.
    wrong += (resumed & 0x27200) != 0x200;
  }
  for (unsigned i = 0; i < sizeof places / sizeof places[0]; i++) attempt(return_from, places[i]);
  report_completion(wrong);
  spin_for_ever();
}

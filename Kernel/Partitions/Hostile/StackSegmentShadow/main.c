// Loads of SS hold exceptions back until the next instruction is done. Where that one enters the kernel, what was held
// back would come in ring 0, on the partition's stack (CVE-2018-8897): traps, breakpoints and single steps behind such
// a load, one load or several, with the stack pointer in places that are nobody's.
#include <HostileLoad.h>
#include <partita.h>

#define LOAD "movw %ss, %ax\n\tmovw %ax, %ss\n\t"
#define STEP "pushfq\n\torq $0x100, (%rsp)\n\tpopfq\n\t"
#define WALK "pushfq\n\tandq $~0x100, (%rsp)\n\tpopfq\n\t"

__asm__(
    ".text\n"
    "shadowed_breakpoint: " LOAD "int3\n\tret\n"
    "shadowed_gate: " LOAD ".byte 0xCD, 1\n\tret\n"
    "shadowed_tick: " LOAD ".byte 0xCD, 0x20\n\tret\n"
    "shadowed_steps: " STEP LOAD LOAD "int3\n\tret\n"
    "shadowed_trap: " LOAD ".byte 0xF1\n\tret\n"
    "shadowed_step: " STEP LOAD ".byte 0xF1\n\tnop\n\t" WALK "ret\n"
    // The number is in rax before the load takes ax.
    "shadowed_call: " STEP "movw %ss, %cx\n\tmovl $73, %eax\n\tmovw %cx, %ss\n\tsyscall\n\tnop\n\t" WALK "ret\n"
    "shadowed_calls: " STEP "movw %ss, %cx\n\tmovl $73, %eax\n\tmovw %cx, %ss\n\tmovw %cx, %ss\n\t"
    "syscall\n\tnop\n\t" WALK "ret\n"
    "shadowed_elsewhere: movq %rsp, %r12\n\t" STEP "movw %ss, %cx\n\tmovl $73, %eax\n\tmovw %cx, %ss\n\t"
    "movq %rdi, %rsp\n\tsyscall\n\tmovq %r12, %rsp\n\t" WALK "ret\n");
extern const uint8_t shadowed_breakpoint[], shadowed_gate[], shadowed_tick[], shadowed_steps[], shadowed_trap[];
extern const uint8_t shadowed_step[], shadowed_call[], shadowed_calls[], shadowed_elsewhere[];

static const uint64_t places[] = {0, 8, 0x400100, 0x2FEF0000, 0x30001000, 0xFFFFFFFF80012000, 0xFFFFFFFF8000E440,
                                  0xFFFFFFFF80007000, 0x0000800000000000, 0x100000};

int main(void) {
  behave_until_due();
  prepare_attempts();
  unsigned long wrong = 0;
  for (int round = 0; round < 4; round++) {
    // No gate is open, whatever is held back.
    wrong += ATTEMPT_CODE(shadowed_breakpoint) + ATTEMPT_CODE(shadowed_gate) + ATTEMPT_CODE(shadowed_tick);
    wrong += ATTEMPT_CODE(shadowed_steps);
    // A trap is reported behind its instruction, and a call is answered: these return.
    ATTEMPT_CODE(shadowed_trap);
    ATTEMPT_CODE(shadowed_step);
    wrong += !ATTEMPT_CODE(shadowed_call) + !ATTEMPT_CODE(shadowed_calls);
    for (unsigned i = 0; i < sizeof places / sizeof places[0]; i++) {
      attempt((void (*)(uint64_t))shadowed_elsewhere, places[i]);
    }
  }
  report_completion(wrong);
  spin_for_ever();
}

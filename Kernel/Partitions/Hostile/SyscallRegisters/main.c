// `syscall` with what the instruction overwrites full of lies, and with a stack pointer that is no address.
#include <HostileLoad.h>

static void call(uint64_t lie) {
  __asm__ volatile(
      "movq %%rsp, %%r12\n\tmovq %0, %%rcx\n\tmovq %0, %%r11\n\tmovq %0, %%rsp\n\tmovq %0, %%rbp\n\t"
      "movl $73, %%eax\n\tsyscall\n\tmovq %%r12, %%rsp"
      : : "r"(lie) : "rax", "rcx", "rdx", "r11", "r12", "rbp", "memory");
}

int main(void) {
  behave_until_due();
  static const uint64_t lies[] = {0, 0xFFFFFFFF80000000, 0x0000800000000000, 0xFFFFFFFFFFFFFFFF, 0x3000, 0x27FD7};
  for (int round = 0; round < 500; round++) {
    for (unsigned i = 0; i < sizeof lies / sizeof lies[0]; i++) call(lies[i]);
  }
  report_completion(0);
  spin_for_ever();
}

// Leaves every register that a save area keeps, and the flags and selectors, full of its own pattern at each end of a
// window, for those who come next.
#include <HostileLoad.h>

static uint64_t pattern[64] __attribute__((aligned(32)));

int main(void) {
  behave_until_due();
  for (int i = 0; i < 64; i++) pattern[i] = 0xBADBADBADBADBAD0 + i;
  uint32_t mxcsr = 0xFF80;
  uint16_t control = 0x0C7F;
  report_completion(0);
  while (1) {
    __asm__ volatile(
        "ldmxcsr %[mxcsr]\n\tfldcw %[control]\n\t"
        ".irp r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15\n\t"
        "vmovdqa \\r * 32(%[pattern]), %%ymm\\r\n\t"
        ".endr\n\t"
        "fildq %[integer]\n\tmovq %[integer], %%mm5\n\t"
        "movw %w[selector], %%ds\n\tmovw %w[selector], %%es\n\tmovw %w[selector], %%fs\n\tmovw %w[selector], %%gs\n\t"
        "pushfq\n\torq $0x240CD5, (%%rsp)\n\tpopfq\n\t"
        "movl $3000, %%ecx\n1:\tleal -1(%%rcx), %%ecx\n\tjrcxz 2f\n\tjmp 1b\n2:\tcld\n\tfninit"
        : : [mxcsr] "m"(mxcsr), [control] "m"(control), [pattern] "r"(pattern), [integer] "m"(pattern[0]),
            [selector] "r"(0x1B)
        : "rcx", "memory", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9",
          "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
  }
}

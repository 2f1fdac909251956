// Reads where the kernel's tables are: what UMIP forbids.
#include <HostileLoad.h>

__asm__(
    ".macro deed code:vararg\n\t.text\n9:\t\\code\n\tret\n\t.section .rodata\n\t.quad 9b\n.endm\n"
    ".section .rodata\n.balign 8\ndeeds:\n"
    "deed sgdt -16(%rsp)\n deed sidt -16(%rsp)\n deed sldt %rax\n deed smsw %rax\n deed str %rax\n"
    "deeds_end:\n.text\n");
extern const uint64_t deeds[], deeds_end[];

int main(void) {
  behave_until_due();
  prepare_attempts();
  unsigned long survived = 0;
  for (const uint64_t *deed = deeds; deed < deeds_end; deed++) survived += ATTEMPT_CODE(*deed);
  report_completion(survived);
  spin_for_ever();
}

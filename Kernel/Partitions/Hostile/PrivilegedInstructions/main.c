// Every instruction that only ring 0 may execute, one after the other.
#include <HostileLoad.h>

__asm__(
    ".section .rodata\n.balign 8\n"
    "table_operand: .quad 0x0fff, 0\n"
    ".macro deed code:vararg\n\t.text\n9:\t\\code\n\tret\n\t.section .rodata\n\t.quad 9b\n.endm\n"
    "deeds:\n"
    "deed hlt\n deed cli\n deed sti\n deed clts\n deed invd\n deed wbinvd\n deed swapgs\n deed sysretq\n deed sysretl\n"
    "deed lgdt table_operand\n deed lidt table_operand\n deed lldt %ax\n deed ltr %ax\n deed lmsw %ax\n"
    "deed movq %cr0, %rax\n deed movq %cr2, %rax\n deed movq %cr3, %rax\n deed movq %cr4, %rax\n"
    "deed movq %cr8, %rax\n deed movq %rax, %cr0\n deed movq %rax, %cr2\n deed movq %rax, %cr3\n"
    "deed movq %rax, %cr4\n deed movq %rax, %cr8\n"
    "deed movq %dr0, %rax\n deed movq %dr6, %rax\n deed movq %dr7, %rax\n deed movq %rax, %dr0\n"
    "deed movq %rax, %dr1\n deed movq %rax, %dr2\n deed movq %rax, %dr3\n deed movq %rax, %dr6\n"
    "deed movq %rax, %dr7\n"
    "deed rdmsr\n deed wrmsr\n deed rdpmc\n deed invlpg (%rsp)\n deed xsetbv\n deed monitor\n deed mwait\n"
    "deeds_end:\n.text\n");
extern const uint64_t deeds[], deeds_end[];

int main(void) {
  behave_until_due();
  prepare_attempts();
  unsigned long survived = 0;
  for (const uint64_t *deed = deeds; deed < deeds_end; deed++) {
    if (ATTEMPT_CODE(*deed)) report_survival(deed - deeds), survived++;
  }
  report_completion(survived);
  spin_for_ever();
}

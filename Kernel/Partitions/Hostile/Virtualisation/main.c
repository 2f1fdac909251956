// Instructions of hypervisors, system management and secure modes, transactions, and prefixes that do not belong.
#include <HostileLoad.h>

__asm__(
    ".macro deed code:vararg\n\t.text\n9:\t\\code\n\tret\n\t.section .rodata\n\t.quad 9b\n.endm\n"
    ".section .rodata\n.balign 8\ndeeds:\n"
    "deed vmcall\n deed vmlaunch\n deed vmxoff\n deed vmmcall\n deed vmrun\n deed vmload\n deed vmsave\n deed stgi\n"
    "deed clgi\n deed skinit\n deed rsm\n deed .byte 0x0f, 0x37\n deed .byte 0xf0, 0x90\n"
    "deed .byte 0x06\n deed .byte 0x9a\n deed .byte 0x0f, 0x0b\n deed .byte 0x0f, 0xff\n deed .byte 0xd6\n"
    "deed .byte 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90\n"
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

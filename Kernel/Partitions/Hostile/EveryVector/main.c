// `int n` for all 256 n, and the short forms of breakpoint and debug trap.
#include <HostileLoad.h>

__asm__(
    ".text\n.balign 4\nvectors:\n"
    ".set n, 0\n.rept 256\n\t.byte 0xcd, n, 0xc3, 0x90\n.set n, n + 1\n.endr\n"
    "breakpoint: int3\n\tret\n"
    "debug: .byte 0xf1, 0xc3\n");
extern const uint8_t vectors[], breakpoint[], debug[];

int main(void) {
  behave_until_due();
  prepare_attempts();
  unsigned long survived = 0;
  for (unsigned n = 0; n < 256; n++) survived += ATTEMPT_CODE(vectors + 4 * n);
  survived += ATTEMPT_CODE(breakpoint);
  // The trap of `int1` is reported behind the instruction: with its fault ignored it returns.
  ATTEMPT_CODE(debug);
  report_completion(survived);
  spin_for_ever();
}

// Waits for an interrupt with a stack pointer of 0: the kernel has nowhere to lay the upcall.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  prepare_attempts();
  __asm__ volatile("xorl %%esp, %%esp\n\tmovq $1, 0x30000000\n1:\tjmp 1b" : : : "memory");
  spin_for_ever();
}

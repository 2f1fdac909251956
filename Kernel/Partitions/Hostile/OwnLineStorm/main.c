// Takes its own line at the highest rate and never ends a handler.
#include <HostileLoad.h>
#include <PartitionEntry.h>

__asm__(
    ".text\nstorm:\n\tincw 0x30000012\n\tmovl $40, %edi\n\tmovl $29, %eax\n\tsyscall\n\t"
    "incl 0x30000014\n\tmovq $1, 0x30000000\n1:\tmovl $73, %eax\n\tsyscall\n\tjmp 1b\n");
extern const uint8_t storm[], attempt_tail[], attempt_tail_end[];

int main(void) {
  behave_until_due();
  prepare_attempts();
  partita_hypercall3(
      PARTITA_SET_UPCALL_ENTRY, (uint64_t)storm, (uint64_t)attempt_tail, (uint64_t)attempt_tail_end);
  report_completion(0);
  // Each upcall nests in the one before, down to the end of the stack.
  partita_interrupts_enable();
  spin_for_ever();
}

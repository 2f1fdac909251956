// Makes calls, with a mark that waits, whose upcall would take an unfinished return's frame from another place than the
// one that the kernel has looked at: the call has moved the return's tail, or stands where the tail's last instructions
// should be, or tells of the room below the stack pointer, where no frame of a return lies.
#include <HostileLoad.h>
#include <PartitionEntry.h>

// The return's tail, as far as the kernel knows: one call, and back to the stack in r12.
__asm__(
    ".text\n.globl tail\n.globl behind_call\n.globl tail_end\n"
    "tail:\tmovq $1, 0x30000000\n\tsyscall\n"
    "behind_call:\t.rept 8\n\tnop\n\t.endr\n\tmovq %r12, %rsp\n\tret\ntail_end:\n");
extern const uint8_t tail[], behind_call[], tail_end[], attempt_upcall[];

// The ends of what an upcall's frame may lie in, and what is near them.
static const uint64_t stacks[] = {0x2FEF0000, 0x2FEF0010, 0x2FF00000, 0x2FEFFFF0, 0x2FEFFF40,
                                  0x2FEFFF38, 0x410000,   0x410008,   0x400000,   0x30000F60};
enum { stack_count = sizeof stacks / sizeof stacks[0] };

enum deed { MOVE_TO_RETURN, MOVE_TO_FLAGS, RETURN_BEFORE_RETURN, RETURN_BEFORE_FLAGS, RAISE, deed_count };

static uint64_t publish(const uint8_t *end) {
  return partita_hypercall3(PARTITA_SET_UPCALL_ENTRY, (uint64_t)attempt_upcall, (uint64_t)tail, (uint64_t)end).status;
}

static void call_in_tail(uint64_t what) {
  uint64_t stack = stacks[what % stack_count];
  enum deed deed = (enum deed)(what / stack_count);
  // 3 and 4 bytes before its end are the tail's last two instructions.
  const uint8_t *end = behind_call + (deed == MOVE_TO_RETURN || deed == RETURN_BEFORE_RETURN ? 3 : 4);
  int moves = deed == MOVE_TO_RETURN || deed == MOVE_TO_FLAGS;
  uint64_t number = moves ? PARTITA_SET_UPCALL_ENTRY : deed == RAISE ? PARTITA_RAISE_APPLICATION_ERROR
                                                                     : PARTITA_RETURN_FROM_UPCALL;
  uint64_t first = moves ? (uint64_t)attempt_upcall : 1, second = moves ? (uint64_t)tail : 0;
  uint64_t third = moves ? (uint64_t)end : 0;
  partita_interrupts_disable();
  publish(moves || deed == RAISE ? tail_end : end);
  while (partita_load64(PARTITA_SHARED_PAGE + PARTITA_PENDING) == 0) {}
  partita_count_flip();
  __asm__ volatile(
      "movq %%rsp, %%r12\n\tsubq $8, %%r12\n\tmovq $1f, (%%r12)\n\tmovq %[stack], %%rsp\n\tjmp tail\n1:"
      : "+a"(number), "+d"(third)
      : [stack] "r"(stack), "D"(first), "S"(second)
      : "rcx", "r11", "r12", "memory", "cc");
}

int main(void) {
  behave_until_due();
  prepare_attempts();
  for (uint64_t what = 0; what < deed_count * stack_count; what++) attempt(call_in_tail, what);
  report_completion(0);
  spin_for_ever();
}

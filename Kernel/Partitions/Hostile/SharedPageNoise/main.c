// Writes its whole shared page over and over, so that every entry finds something else, upcalls included.
#include <HostileLoad.h>
#include <PartitionEntry.h>

__asm__(".text\nagain:\n\tmovl $40, %edi\n\tmovl $29, %eax\n\tsyscall\n\tmovq restart, %rsp\n\tjmp write_for_ever\n");
extern const uint8_t again[], attempt_tail[], attempt_tail_end[];
uint64_t restart;

__attribute__((noreturn, used)) void write_for_ever(void) {
  while (1) {
    for (int offset = 0; offset < 4096; offset += 8) partita_store64(PARTITA_SHARED_PAGE + offset, next_random());
  }
}

int main(void) {
  behave_until_due();
  prepare_attempts();
  partita_hypercall3(
      PARTITA_SET_UPCALL_ENTRY, (uint64_t)again, (uint64_t)attempt_tail, (uint64_t)attempt_tail_end);
  report_completion(0);
  restart = 0x2FEFE000 - 8;
  write_for_ever();
}

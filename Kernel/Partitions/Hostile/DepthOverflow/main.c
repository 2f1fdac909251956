// Nests upcalls to the greatest depth and on: at each level it errs, handles that itself, and goes on calling the
// kernel while a mark finds no depth. Then it counts a return that was none, and the next one nests where there was no
// room.
#include <HostileLoad.h>
#include <partita.h>

enum { levels = 60, calls = 600 };

__asm__(".text\nnest:\n\tincw 0x30000012\n\tmovl $40, %edi\n\tmovl $29, %eax\n\tsyscall\n\tcall nested\n");
extern const uint8_t nest[], attempt_tail[], attempt_tail_end[];

static volatile unsigned level, errors, handled, wrong;

static void handle(
    uint64_t vector, struct partita_exception_frame *frame, uint64_t error_code, uint64_t fault_address) {
  (void)vector, (void)error_code, (void)fault_address;
  handled++;
  frame->rip += 2;
}

static void err(void) {
  errors++;
  __asm__ volatile("ud2" : : : "memory");
  wrong += handled != errors;
}

static void call_the_kernel(void) {
  for (unsigned i = 0; i < calls; i++) wrong += partita_hypercall0(PARTITA_NULL).status != NO_ERROR;
}

__attribute__((noreturn, used)) void nested(void) {
  err();
  if (++level == levels) {
    report_completion(wrong);
    spin_for_ever();
  }
  *(volatile uint32_t *)(PARTITA_SHARED_PAGE + PARTITA_FLIPS) += 1;
  *(volatile uint64_t *)(PARTITA_SHARED_PAGE + PARTITA_VIRTUAL_INTERRUPT_FLAG) = 1;
  call_the_kernel();
  err();
  call_the_kernel();
  *(volatile uint16_t *)(PARTITA_SHARED_PAGE + PARTITA_UPCALLS_RETURNED) += 1;
  while (1) call_the_kernel();
}

int main(void) {
  behave_until_due();
  partita_set_exception_handler(6, handle);
  prepare_attempts();
  partita_hypercall3(PARTITA_SET_UPCALL_ENTRY, (uint64_t)nest, (uint64_t)attempt_tail, (uint64_t)attempt_tail_end);
  *(volatile uint32_t *)(PARTITA_SHARED_PAGE + PARTITA_FLIPS) += 1;
  *(volatile uint64_t *)(PARTITA_SHARED_PAGE + PARTITA_VIRTUAL_INTERRUPT_FLAG) = 1;
  while (1) call_the_kernel();
}

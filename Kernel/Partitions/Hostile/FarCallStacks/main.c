// Far calls whose stack lies in the kernel's pages: an emulator that pushes with the supervisor's rights writes where
// the supervisor may, and whatever it writes must count for nothing. Elsewhere, and on other machines, it faults.
#include <HostileLoad.h>
#include <partita.h>

enum { page_bytes = 4096 };
// The register page, and stacks for NMI, double fault and machine check.
static const uint64_t writable[] = {0xFFFFFFFF8000E000, 0xFFFFFFFF80011000, 0xFFFFFFFF80013000, 0xFFFFFFFF80015000};
// Where the switcher keeps its words.
static const uint64_t task_state = 0xFFFFFFFF80006000;

static struct __attribute__((packed)) {
  uint64_t offset;
  uint16_t selector;
} target;
static volatile uint64_t saved;
static uint64_t wrong, last_time;

static void call_on(uint64_t stack) {
  target.selector = 0x23;
  __asm__ volatile(
      "movq %%rsp, %1\n\tmovq $1f, %0\n\tmovq %2, %%rsp\n\tlcallq *%0\n1:\tmovq %1, %%rsp"
      : "+m"(target), "+m"(saved) : "r"(stack) : "memory");
}

/// The kernel is still there, and answers as before: on its short way, and on its long one.
static void ask(void) {
  struct partita_answer time = partita_hypercall0(PARTITA_READ_TIME);
  wrong += time.status != NO_ERROR || time.value <= last_time;
  last_time = time.value;
  wrong += partita_hypercall1(PARTITA_SET_SEGMENT_BASE, 0).status != NO_ERROR;
}

/// Every word of a page, one after the other.
static void sweep(uint64_t page) {
  for (uint64_t offset = 16; offset <= page_bytes; offset += 8) {
    call_on(page + offset);
    if (offset % 64 == 0) ask();
  }
  ask();
}

int main(void) {
  behave_until_due();
  for (unsigned page = 0; page < sizeof writable / sizeof writable[0]; page++) sweep(writable[page]);
  if (wrong != 0) report_survival(wrong);
  call_on(task_state + page_bytes);
  report_survival(0);
  spin_for_ever();
}

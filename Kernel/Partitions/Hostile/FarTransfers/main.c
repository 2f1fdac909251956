// Far jumps, calls and returns through every selector of the descriptor table.
#include <HostileLoad.h>

static struct __attribute__((packed)) {
  uint64_t offset;
  uint16_t selector;
} target;
static volatile uint64_t found;

static void jump(uint64_t selector) {
  target.selector = selector;
  __asm__ volatile("movq $1f, %0\n\tljmpq *%0\n1:\tmovw %%cs, %%ax\n\tmovzwl %%ax, %%eax\n\tmovq %%rax, %1"
                   : "+m"(target), "=m"(found) : : "rax", "memory");
}
static void call(uint64_t selector) {
  target.selector = selector;
  __asm__ volatile("movq $1f, %0\n\tlcallq *%0\n1:\tmovw %%cs, %%ax\n\tmovzwl %%ax, %%eax\n\tmovq %%rax, %1\n\t"
                   "addq $16, %%rsp" : "+m"(target), "=m"(found) : : "rax", "memory");
}
static void far_return(uint64_t selector) {
  __asm__ volatile("pushq %1\n\tpushq $1f\n\tlretq\n1:\tmovw %%cs, %%ax\n\tmovzwl %%ax, %%eax\n\tmovq %%rax, %0"
                   : "=m"(found) : "r"(selector) : "rax", "memory");
}
static void (*const transfers[])(uint64_t) = {jump, call, far_return};

int main(void) {
  behave_until_due();
  prepare_attempts();
  unsigned long wrong = 0;
  for (unsigned kind = 0; kind < 3; kind++) {
    for (unsigned selector = 0; selector < 0x48; selector++) {
      found = 0;
      // Wherever a transfer succeeds, it is ring 3's own code at ring 3.
      if (attempt(transfers[kind], selector)) wrong += found != 0x23;
    }
  }
  report_completion(wrong);
  spin_for_ever();
}

// A hypercall in the last two bytes of its text: it returns to a page that is not text any more.
#include <HostileLoad.h>

int main(void) {
  behave_until_due();
  __asm__ volatile("jmp *%0" : : "r"(syscall_at_page_end), "a"(73));
  report_survival(0);
  spin_for_ever();
}

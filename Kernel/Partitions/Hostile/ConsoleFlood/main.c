// Writes 600 bytes to the console at a time: in POK that stretched a 20 ms frame to 65.7 ms.
#include <HostileLoad.h>
#include <partita.h>

static char text[600];

int main(void) {
  behave_until_due();
  for (unsigned i = 0; i < sizeof text; i++) text[i] = i % 60 == 59 ? '\n' : 'A';
  for (int i = 0; i < 40; i++) partita_console_write(text, sizeof text);
  partita_hypercall2(PARTITA_WRITE_CONSOLE, (uint64_t)text, sizeof text);
  report_completion(0);
  spin_for_ever();
}

// Prints by the C library: each way there is comes out on the partition's console, line by line.
#include <partita.h>
#include <stdio.h>

int main(void) {
  RETURN_CODE_TYPE status;
  printf("Printer: %d %s %.3f\n", 42, "words", 0.125);
  puts("Printer: a line of puts");
  fputs("Printer: on standard error\n", stderr);
  printf("Printer: not yet");
  printf(", but now\n");
  for (int i = 0; i < 100; i++) printf("Printer: %02d %s\n", i, "0123456789012345678901234567890123456789");
  printf("Printer: flushed");
  fflush(stdout);
  putchar('\n');
  SET_PARTITION_MODE(NORMAL, &status);
  while (1) partita_yield();
}

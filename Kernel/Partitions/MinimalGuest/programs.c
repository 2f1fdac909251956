// What the tasks do.
#include "guest.h"

static const uint64_t wild_address = 0x2ABC0123;

// A critical section that is longer than a tick: no tick comes inside, and the marks come with the unmasking itself.
static void show_masking(void) {
  uint64_t before = partita_interrupts_disable();
  uint64_t first = ticks, start = (uint64_t)partita_now();
  while ((uint64_t)partita_now() < start + tick_ns + tick_ns / 2) continue;
  uint64_t inside = ticks - first;
  uint64_t is_pending = partita_load64(PARTITA_SHARED_PAGE + PARTITA_PENDING) != 0;
  partita_interrupts_restore(before);
  uint64_t after = ticks - first;
  guest_call(call_note, note_masked | inside << 8 | is_pending << 16, after);
}

// Computes without a pause, with its sum in a vector register, and reports now and then.
void worker(void) {
  show_masking();
  double sum = 0;
  uint64_t steps = 0, wrong = 0;
  for (uint64_t report = 1;; report++) {
    for (int i = 0; i < 100000; i++) {
      sum += 0.5;
      steps += 1;
      __asm__ volatile("" : "+x"(sum));
    }
    wrong += sum * 2 != (double)steps;
    guest_call(call_note, note_worker | wrong << 8, steps);
    // Every few reports a rest, in which nobody may want the CPU: the idle loop's hour.
    if (report % 16 == 0) guest_call(call_sleep, 2, 0);
  }
}

static unsigned put_number(char *text, uint64_t number) {
  char digits[20];
  unsigned count = 0, length = 0;
  do digits[count++] = (char)('0' + number % 10);
  while ((number /= 10) != 0);
  while (count > 0) text[length++] = digits[--count];
  return length;
}

// The guest's one channel to the world: a message of another partition, instead of a device's.
static SAMPLING_PORT_ID_TYPE port;

// Ports are created before the partition is in NORMAL mode.
void message_start(void) {
  RETURN_CODE_TYPE status;
  CREATE_SAMPLING_PORT("SENSOR_DATA", 64, DESTINATION, 40000000, &port, &status);
}

static void read_message(void) {
  uint8_t message[64];
  size_t bytes;
  VALIDITY_TYPE validity;
  if (partita_read_sampling_message(port, message, sizeof message, &bytes, &validity) != NO_ERROR) return;
  guest_call(call_note, note_message | (uint64_t)(validity == VALID) << 8, bytes);
}

// Sleeps, wakes, and tells the time by the guest's own clock.
void logger(void) {
  static const char head[] = "MinimalGuest tick ";
  uint64_t unequal = 0;
  for (uint64_t round = 1;; round++) {
    guest_call(call_sleep, 10, 0);
    uint64_t before = partita_interrupts_disable();
    uint64_t now = ticks;
    unequal += now != twin_ticks;
    partita_interrupts_restore(before);
    guest_call(call_note, note_logger | unequal << 8, round);
    read_message();
    if (round % 5 != 0) continue;
    char line[48];
    unsigned length = 0;
    while (head[length] != 0) line[length] = head[length], length++;
    length += put_number(line + length, now);
    line[length++] = '\n';
    guest_call(call_write, (uint64_t)(uintptr_t)line, length);
  }
}

// When the faults come. A test finds the name in the image and puts them off for ever: the innocent twin.
static volatile const struct {
  char name[8];
  uint64_t ticks;
} faults_after __attribute__((used)) = {{'F', 'A', 'U', 'L', 'T', 'S', '@', '@'}, 30};

// Divides by zero, which the guest repairs, and touches memory that is nobody's, which ends it.
void faulty(void) {
  guest_call(call_sleep, faults_after.ticks, 0);
  uint64_t quotient = guest_divide(7, 0);
  guest_call(call_note, note_repaired, quotient);
  guest_call(call_sleep, 30, 0);
  *(volatile uint8_t *)(uintptr_t)wild_address = 1;
  guest_call(call_note, note_survived, 0);
}

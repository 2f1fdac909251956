// The honest neighbour of every attack. In each window it reads the time by its very first instruction, looks whether
// its registers are as it left them, does some work, exchanges a message with the other witness, and yields. Partition
// 1
// writes the readings, partition 2 reads them.
//
// Each window leaves a note: the greatest distance ever of a first instruction from its instant (bits 32 …) and this
// window's (bits 0–31), in ns; and what was ever found wrong (bits 32 …, `wrong`) and the number of the window.
//
// At its start it errs a few times, which the arena's module ignores: the health monitor's log must keep that, whatever
// the others do.
#include <partita.h>

struct registers {
  uint64_t vectors[64];
  uint32_t mxcsr;
  uint16_t x87_control, padding;
  uint64_t x87;
  uint64_t flags;
  uint64_t general[11];
  uint64_t ticks;        // found only
  uint16_t selectors[4]; // found only
  uint64_t at_segment_base;
};
struct registers witness_given __attribute__((aligned(32)));
struct registers witness_found __attribute__((aligned(32)));
void witness_turn(void);

enum wrong {
  wrong_vectors = 1,
  wrong_x87 = 2,
  wrong_flags = 4,
  wrong_general = 8,
  wrong_selectors = 16,
  wrong_segment_base = 32,
  wrong_memory = 64,
  wrong_message = 128,
  wrong_log = 256,
};
enum { application_error = 1, errors_of_its_own = 10 };

static uint64_t own_words[2048], own_sum, segment_word;
static uint64_t seed;

static uint64_t next(void) { return seed = seed * 6364136223846793005ull + 1442695040888963407ull; }

static void fill(uint64_t window) {
  for (int i = 0; i < 64; i++) witness_given.vectors[i] = next();
  for (int i = 0; i < 11; i++) witness_given.general[i] = next();
  witness_given.mxcsr = 0x1F80 | (uint32_t)(window % 4) << 13;
  witness_given.x87_control = 0x007F | (uint16_t)(window % 4) << 10 | 0x300;
  witness_given.x87 = next() >> 20;
  // Carry … overflow at random; direction, alignment check and identification in turns.
  witness_given.flags = 0x202 | (next() & 0x8D5) | (window & 1) << 10 | (window & 2) << 17 | (window & 4) << 19;
}

static int differ(const uint64_t *one, const uint64_t *other, int count) {
  uint64_t difference = 0;
  for (int i = 0; i < count; i++) difference |= one[i] ^ other[i];
  return difference != 0;
}

static uint64_t compare(void) {
  uint64_t wrong = 0;
  if (differ(witness_given.vectors, witness_found.vectors, 64)) wrong |= wrong_vectors;
  if (witness_given.mxcsr != witness_found.mxcsr || witness_given.x87 != witness_found.x87 ||
      witness_given.x87_control != witness_found.x87_control)
    wrong |= wrong_x87;
  if (witness_given.flags != witness_found.flags) wrong |= wrong_flags;
  if (differ(witness_given.general, witness_found.general, 11)) wrong |= wrong_general;
  for (int i = 0; i < 4; i++) wrong |= witness_found.selectors[i] != 0 ? wrong_selectors : 0;
  if (witness_found.at_segment_base != segment_word) wrong |= wrong_segment_base;
  return wrong;
}

static uint64_t sum(void) {
  uint64_t result = 0;
  for (int i = 0; i < 2048; i++) result = result * 31 + own_words[i];
  return result;
}

static uint64_t exchange(uint64_t identifier, SAMPLING_PORT_ID_TYPE port, uint64_t window) {
  static uint64_t message[8], last;
  RETURN_CODE_TYPE status;
  if (identifier == 1) {
    for (int i = 0; i < 8; i++) message[i] = window * 8 + i;
    WRITE_SAMPLING_MESSAGE(port, (MESSAGE_ADDR_TYPE)message, sizeof message, &status);
    return status == NO_ERROR ? 0 : wrong_message;
  }
  size_t size;
  VALIDITY_TYPE validity;
  status = partita_read_sampling_message(port, message, sizeof message, &size, &validity);
  if (status == NO_ACTION && last == 0) return 0;
  uint64_t wrong = status != NO_ERROR || size != sizeof message || validity != VALID || message[0] < last;
  for (int i = 1; i < 8; i++) wrong |= message[i] != message[0] + i;
  last = message[0];
  return wrong ? wrong_message : 0;
}

static void err(void) {
  for (uint64_t i = 0; i < errors_of_its_own; i++) {
    partita_hypercall3(PARTITA_RAISE_APPLICATION_ERROR, application_error, (uint64_t)own_words, i + 1);
  }
}

// Its entries, one after the other: no less than it has made, and no others.
static uint64_t look_into_log(void) {
  uint64_t kept = 0;
  for (uint64_t number = 0;; number++) {
    struct partita_answer next = partita_hypercall2(PARTITA_READ_ERROR_LOG, number, PARTITA_ERROR_NEXT);
    if (next.status != NO_ERROR) break;
    number = next.value;
    kept++;
  }
  return kept == errors_of_its_own ? 0 : wrong_log;
}

int main(void) {
  uint64_t identifier = partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_PARTITION_IDENTIFIER);
  SAMPLING_PORT_ID_TYPE port = 0;
  RETURN_CODE_TYPE status;
  seed = identifier * 0x9E3779B97F4A7C15ull;
  CREATE_SAMPLING_PORT("READINGS", 64, identifier == 1 ? SOURCE : DESTINATION, 40000000, &port, &status);
  segment_word = next();
  partita_hypercall1(PARTITA_SET_SEGMENT_BASE, (uint64_t)&segment_word);
  for (int i = 0; i < 2048; i++) own_words[i] = next();
  own_sum = sum();
  // Where the kernel starts partitions through COLD_START, this ends it; elsewhere it is refused and changes nothing.
  partita_hypercall1(PARTITA_SET_PARTITION_MODE, 3);
  err();
  uint64_t worst = 0, wrong = status == NO_ERROR ? 0 : wrong_message;
  for (uint64_t window = 1;; window++) {
    fill(window);
    witness_turn();
    uint64_t ticks = witness_found.ticks - partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_CLOCK_ORIGIN);
    uint64_t scale = partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_CLOCK_SCALE);
    int64_t distance = (int64_t)((unsigned __int128)ticks * scale >> 32) -
                       (int64_t)partita_load64(PARTITA_INFORMATION_PAGE + PARTITA_WINDOW_START);
    uint64_t error = distance < 0 ? -distance : distance;
    if (error > 0xFFFFFFFF) error = 0xFFFFFFFF;
    if (error > worst) worst = error;
    wrong |= compare();
    if (sum() != own_sum) wrong |= wrong_memory;
    wrong |= exchange(identifier, port, window) | look_into_log();
    partita_hypercall2(PARTITA_NOTE, worst << 32 | error, wrong << 32 | window);
  }
}

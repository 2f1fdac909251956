// Birth and initialisation.
#include "mayfly.h"

// Volatile, so that the numbers are read from the image, where RandomLives.swift finds them after the name.
const volatile struct parameters parameters = {.name = 0x5345494C4659414D};

enum { kept_count = 600, ordinary_pattern = 7 };

/// What a warm start leaves: more than a page.
PARTITA_RETAINED static struct {
  uint64_t lives, seed;
  SYSTEM_TIME_TYPE latest;
  uint64_t words[kept_count];
} kept;
/// What no start leaves.
static uint64_t ordinary = ordinary_pattern, zero;
static uint64_t random_state;

BUFFER_ID_TYPE buffer;
SEMAPHORE_ID_TYPE semaphore;
EVENT_ID_TYPE event;
MUTEX_ID_TYPE mutex;
BLACKBOARD_ID_TYPE blackboard;
START_CONDITION_TYPE born_as;

static uint64_t next_random(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return random_state * 0x2545F4914F6CDD1Dull >> 20;
}

uint64_t below(uint64_t limit) { return next_random() % limit; }

// MARK: Birth

static uint64_t kept_word(int index) { return kept.seed + (uint64_t)index; }

static void check_memory(OPERATING_MODE_TYPE mode) {
  uint64_t strange = 0;
  check_value(100, (int64_t)ordinary, ordinary_pattern);
  check_value(101, (int64_t)zero, 0);
  check_value(102, process_count, 0);
  const bool is_fresh = mode == COLD_START || kept.lives == 0;
  if (mode == COLD_START) check_value(103, (int64_t)kept.lives, 0);
  for (int i = 0; i < kept_count; i++) strange += kept.words[i] != (is_fresh ? 0 : kept_word(i));
  check_value(104, (int64_t)strange, 0);
}

/// Fills the memory anew, and draws this life's numbers from the instant of its birth.
static void begin_life(void) {
  const SYSTEM_TIME_TYPE now = partita_now();
  check(105, now >= kept.latest, (uint64_t)now);
  kept.lives++;
  kept.latest = now;
  kept.seed = parameters.seed * 0x9E3779B97F4A7C15ull ^ (uint64_t)now * 0xD6E8FEB86659FD93ull;
  for (int i = 0; i < kept_count; i++) kept.words[i] = kept_word(i);
  random_state = kept.seed | 1;
  for (int i = 0; i < 8; i++) next_random();
  ordinary = zero = 9;
}

/// Services that want NORMAL mode, or what a new life has not got yet.
static void check_refusals(void) {
  RETURN_CODE_TYPE status;
  PROCESS_ID_TYPE process;
  PROCESS_STATUS_TYPE process_status;
  ERROR_STATUS_TYPE error;
  LOCK_LEVEL_TYPE level;
  uint64_t message[2];
  MESSAGE_SIZE_TYPE size;
  VALIDITY_TYPE validity;
  GET_PROCESS_ID("killer", &process, &status);
  check_code(110, status, INVALID_CONFIG);
  GET_PROCESS_STATUS(1, &process_status, &status);
  check_code(111, status, INVALID_PARAM);
  READ_SAMPLING_MESSAGE(1, (MESSAGE_ADDR_TYPE)message, &size, &validity, &status);
  check_code(112, status, INVALID_PARAM);
  RECEIVE_QUEUING_MESSAGE(2, 0, (MESSAGE_ADDR_TYPE)message, &size, &status);
  check_code(113, status, INVALID_PARAM);
  GET_QUEUING_PORT_ID("IN", &process, &status);
  check_code(114, status, INVALID_CONFIG);
  GET_SAMPLING_PORT_ID("SAMPLE", &process, &status);
  check_code(115, status, INVALID_CONFIG);
  WAIT_SEMAPHORE(1, 0, &status);
  check_code(116, status, INVALID_PARAM);
  GET_ERROR_STATUS(&error, &status);
  check_code(117, status, INVALID_CONFIG);
  TIMED_WAIT(10, &status);
  check_code(118, status, INVALID_MODE);
  PERIODIC_WAIT(&status);
  check_code(119, status, INVALID_MODE);
  LOCK_PREEMPTION(&level, &status);
  check_code(120, status, NO_ACTION);
}

static void be_born(void) {
  PARTITION_STATUS_TYPE self;
  RETURN_CODE_TYPE status;
  GET_PARTITION_STATUS(&self, &status);
  check_code(130, status, NO_ERROR);
  born_as = self.START_CONDITION;
  partita_note(NOTE_BORN | born_as, (uint64_t)self.OPERATING_MODE | kept.lives << 8);
  check(131, self.OPERATING_MODE == COLD_START || self.OPERATING_MODE == WARM_START, self.OPERATING_MODE);
  if (born_as == NORMAL_START || born_as == HM_MODULE_RESTART) check_code(132, self.OPERATING_MODE, COLD_START);
  check_value(133, self.IDENTIFIER, parameters.identifier);
  check_memory(self.OPERATING_MODE);
  begin_life();
  check_promise();
  check_refusals();
  if (self.OPERATING_MODE == COLD_START) {
    SET_PARTITION_MODE(WARM_START, &status);
    check_code(134, status, INVALID_MODE);
  }
  SET_MODULE_SCHEDULE(12345, &status);
  check_code(135, status, INVALID_PARAM);
  check_value(136, partita_load16(PARTITA_SHARED_PAGE + PARTITA_UPCALLS_ENTERED), 0);
}

// MARK: Initialisation

static void make_objects(void) {
  RETURN_CODE_TYPE status;
  CREATE_BUFFER("buffer", message_bytes, 2, FIFO, &buffer, &status);
  check_code(140, status, NO_ERROR);
  CREATE_SEMAPHORE("semaphore", 0, 5, FIFO, &semaphore, &status);
  check_code(141, status, NO_ERROR);
  CREATE_EVENT("event", &event, &status);
  check_code(142, status, NO_ERROR);
  CREATE_MUTEX("mutex", 200, FIFO, &mutex, &status);
  check_code(143, status, NO_ERROR);
  CREATE_BLACKBOARD("board", message_bytes, &blackboard, &status);
  check_code(144, status, NO_ERROR);
  if (below(3) == 0) return;
  CREATE_ERROR_HANDLER((SYSTEM_ADDRESS_TYPE)handle_error, 4096, &status);
  check_code(145, status, NO_ERROR);
}

int main(void) {
  RETURN_CODE_TYPE status;
  uint64_t vector;
  if (parameters.is_quiet) {
    SET_PARTITION_MODE(NORMAL, &status);
    for (;;) partita_yield();
  }
  be_born();
  if (below(25) == 0) die(pick_early_death());
  make_ports();
  if (below(2)) partita_bind_event(parameters.event_in, on_event, &vector);
  if (below(30) == 0) die(pick_early_death());
  make_objects();
  make_processes();
  if (below(40) == 0) die(pick_early_death());
  if (below(10) == 0) aim();
  SET_PARTITION_MODE(NORMAL, &status);
  check_code(150, status, NO_ERROR);
  check(151, false, 0);
}

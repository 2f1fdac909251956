// Stacks: one that is nearly full while its process is interrupted, checks 100 to 199; and the room for all of them,
// checks 400 to 499.
#include "mischief.h"

enum {
  canary_count = 256,
  /// Of the 4096 bytes that the process has asked for; the rest it needs to fill them, and to look at the clock.
  room_bytes = 3936,
};

static const uint64_t canary_word = 0x5AFE5AFE5AFE5AFE;
static PROCESS_ID_TYPE canary, glutton;
static const volatile uint64_t *canaries;
static uint64_t errors, damage;
static ERROR_CODE_TYPE expected_code;

/// Waits for ever; its words lie at the top of its stack, where whatever grows out of the next stack comes first.
static void run_canary(void) {
  RETURN_CODE_TYPE status;
  volatile uint64_t words[canary_count];
  for (int i = 0; i < canary_count; i++) words[i] = canary_word + (uint64_t)i;
  canaries = words;
  WAIT_SEMAPHORE(never, INFINITE_TIME_VALUE, &status);
  check(100, false, (uint64_t)status);
}

/// How many of the canary's words are not what they were.
static uint64_t lost_canaries(void) {
  uint64_t lost = 0;
  for (int i = 0; i < canary_count; i++) lost += canaries[i] != canary_word + (uint64_t)i;
  return lost;
}

/// Uses nearly all of its stack, and is interrupted there: by its deadline, or by the event.
static void run_glutton(void) {
  volatile uint8_t room[room_bytes];
  for (int i = 0; i < room_bytes; i++) room[i] = (uint8_t)i;
  if (event_deed != 0) partita_raise_event(own_channel);
  else compute(2 * CAPACITY);
  for (int i = 0; i < room_bytes; i++) damage += room[i] != (uint8_t)i;
}

static void count_error(const ERROR_STATUS_TYPE *error) {
  errors++;
  check_value(101, error->ERROR_CODE, expected_code);
  check_value(102, error->FAILED_PROCESS_ID, glutton);
}

void prepare_stacks(void) {
  // In this order: stacks lie one above the other, and grow downwards.
  canary = create_process("canary", run_canary, low_priority, INFINITE_TIME_VALUE, INFINITE_TIME_VALUE);
  glutton = create_process("glutton", run_glutton, low_priority, INFINITE_TIME_VALUE, CAPACITY);
}

static void fill_stack(uint32_t number, ERROR_CODE_TYPE code) {
  RETURN_CODE_TYPE status;
  errors = damage = 0;
  expected_code = code;
  error_deed = count_error;
  START(glutton, &status);
  check_code(number, status, NO_ERROR);
  let_pass(3 * CAPACITY);
  error_deed = 0;
  check_value(number + 1, (int64_t)errors, 1);
  check_value(number + 2, process_state(glutton), DORMANT);
  check(number + 3, lost_canaries() == 0, lost_canaries());
  check(number + 4, damage == 0, damage);
}

void try_stacks(void) {
  RETURN_CODE_TYPE status;
  await_room(ROOM);
  START(canary, &status);
  check_code(110, status, NO_ERROR);
  let_pass(MICROSECONDS(100));
  check_value(111, (int64_t)lost_canaries(), 0);
  fill_stack(120, DEADLINE_MISSED);
  // An error in the handler of an interrupt is another frame on the same stack.
  await_room(ROOM);
  event_deed = raise_error;
  fill_stack(130, APPLICATION_ERROR);
  event_deed = 0;
  STOP(canary, &status);
  check_code(140, status, NO_ERROR);
}

// MARK: The room for all

static void nothing(void) {}

/// Under a name that is another one each time.
static RETURN_CODE_TYPE create(STACK_SIZE_TYPE stack_size) {
  static uint8_t count;
  PROCESS_ATTRIBUTE_TYPE attributes = {
      .PERIOD = INFINITE_TIME_VALUE, .TIME_CAPACITY = INFINITE_TIME_VALUE, .ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)nothing,
      .STACK_SIZE = stack_size, .BASE_PRIORITY = 1, .DEADLINE = SOFT, .NAME = "filler "};
  attributes.NAME[sizeof "filler " - 1] = (char)('A' + count % 26);
  attributes.NAME[sizeof "filler "] = (char)('a' + count / 26 % 26);
  PROCESS_ID_TYPE process;
  RETURN_CODE_TYPE status;
  CREATE_PROCESS(&attributes, &process, &status);
  if (status == NO_ERROR) count++;
  return status;
}

/// The greatest stack that there is room for is found from above, for none is given back. Then there is room for
/// nothing.
void prepare_pool(void) {
  check_code(400, create(UINT32_MAX), INVALID_CONFIG);
  check_code(401, create(PARTITA_STACK_POOL_BYTES), INVALID_CONFIG);
  // Sizes are rounded up to 16 bytes: one byte more than a multiple needs as much as the next multiple, which is tried
  // before. Where that has not been taken, but the odd one is, it was refused wrongly. Nine stacks there are already.
  STACK_SIZE_TYPE size = PARTITA_STACK_POOL_BYTES - 9 * 4096;
  check_code(402, create(size), INVALID_CONFIG);
  RETURN_CODE_TYPE status = INVALID_CONFIG;
  while (status == INVALID_CONFIG && size > 2048) {
    size -= size % 16 == 0 ? 15 : 1;
    status = create(size);
  }
  check_code(403, status, NO_ERROR);
  check(404, size % 16 == 0, size);
  tell(404, size);
  static const STACK_SIZE_TYPE others[] = {0, 1, 16, 2048, 4096, PARTITA_STACK_POOL_BYTES, UINT32_MAX};
  for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) check_code(405, create(others[i]), INVALID_CONFIG);
}

// Overflows its depth of one upcall again and again: its error handler gets each overflow, for it has come back from
// the one before. Leaves a note of each error, of each round with the errors so far, and of what went wrong;
// OverflowTests says what they must be.
#include <ARINC653.h>
#include <partita.h>

// First words of the notes.
enum { handled = 1, began = 2, wrong = 3 };
enum { outer_channel = 1, inner_channel = 2 };

static uint64_t errors;

static void expect(uint64_t number, RETURN_CODE_TYPE seen, RETURN_CODE_TYPE wanted) {
  if (seen != wanted) partita_note(wrong, number << 32 | (uint64_t)seen);
}

static void handle_error(void) {
  ERROR_STATUS_TYPE error;
  RETURN_CODE_TYPE status;
  GET_ERROR_STATUS(&error, &status);
  expect(1, status, NO_ERROR);
  errors++;
  partita_note(handled, (uint64_t)error.ERROR_CODE);
}

static void handle_inner(uint64_t vector, uint64_t marks) {
  (void)marks;
  partita_acknowledge_interrupt(vector);
}

/// The event that it raises while it lets itself be interrupted finds no depth.
static void handle_outer(uint64_t vector, uint64_t marks) {
  (void)marks;
  partita_acknowledge_interrupt(vector);
  partita_interrupts_enable();
  expect(2, (RETURN_CODE_TYPE)partita_raise_event(inner_channel), NO_ERROR);
  partita_interrupts_disable();
}

static void overflow(void) {
  RETURN_CODE_TYPE status;
  for (uint64_t round = 0;; round++) {
    partita_note(began, round << 32 | errors);
    expect(3, (RETURN_CODE_TYPE)partita_raise_event(outer_channel), NO_ERROR);
    TIMED_WAIT(1000000, &status);
    expect(4, status, NO_ERROR);
  }
}

int main(void) {
  PROCESS_ATTRIBUTE_TYPE attributes = {
      .PERIOD = INFINITE_TIME_VALUE, .TIME_CAPACITY = INFINITE_TIME_VALUE,
      .ENTRY_POINT = (SYSTEM_ADDRESS_TYPE)overflow, .STACK_SIZE = 8192, .BASE_PRIORITY = 20, .DEADLINE = SOFT,
      .NAME = "overflow"};
  RETURN_CODE_TYPE status;
  PROCESS_ID_TYPE process;
  uint64_t vector;
  CREATE_ERROR_HANDLER((SYSTEM_ADDRESS_TYPE)handle_error, 8192, &status);
  expect(5, status, NO_ERROR);
  partita_bind_event(outer_channel, handle_outer, &vector);
  partita_bind_event(inner_channel, handle_inner, &vector);
  CREATE_PROCESS(&attributes, &process, &status);
  expect(6, status, NO_ERROR);
  START(process, &status);
  expect(7, status, NO_ERROR);
  SET_PARTITION_MODE(NORMAL, &status);
  return 0;
}

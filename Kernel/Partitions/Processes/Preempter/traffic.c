// Processes that call services all the time while the clock takes the processor from them, in the midst of services
// too: what they share stays whole. Checks 800 to 899.
#include "preempter.h"

enum {
  frames = 15,
  messages_in_a_row = 64,
  /// Greater than that of all who want the mutex.
  mutex_priority = high_priority + 5,
};

static BUFFER_ID_TYPE buffer;
static MUTEX_ID_TYPE mutex;
static volatile bool is_over;
/// Equal while nobody owns the mutex.
static volatile uint64_t one, other;
static uint64_t sent, received, looks, wrong_messages, wrong_pairs, wrong_codes;

static void expect(RETURN_CODE_TYPE status) {
  if (status != NO_ERROR) wrong_codes++;
}

/// Worker 1: numbers in order, more than the buffer holds; 0 is the last.
static void send_numbers(struct worker *self) {
  while (!is_over) {
    for (int i = 0; i < messages_in_a_row; i++) {
      sent++;
      SEND_BUFFER(buffer, (MESSAGE_ADDR_TYPE)&sent, sizeof sent, INFINITE_TIME_VALUE, &self->status);
      expect(self->status);
    }
    TIMED_WAIT(MICROSECONDS(100), &self->status);
    expect(self->status);
  }
  uint64_t last = 0;
  SEND_BUFFER(buffer, (MESSAGE_ADDR_TYPE)&last, sizeof last, INFINITE_TIME_VALUE, &self->status);
  expect(self->status);
}

/// Worker 2.
static void receive_numbers(struct worker *self) {
  while (true) {
    RECEIVE_BUFFER(buffer, INFINITE_TIME_VALUE, (MESSAGE_ADDR_TYPE)&self->message, &self->size, &self->status);
    expect(self->status);
    if (self->status == NO_ERROR && self->message == 0) return;
    if (self->message != ++received || self->size != sizeof self->message) wrong_messages++;
  }
}

/// Worker 3: takes the processor from whomever it is, at ever other instants, and looks at the pair.
static void look_at_pair(struct worker *self) {
  for (SYSTEM_TIME_TYPE delay = 31000; !is_over; delay = 31000 + delay * 7 % 20011) {
    TIMED_WAIT(delay, &self->status);
    expect(self->status);
    ACQUIRE_MUTEX(mutex, MICROSECONDS(1000), &self->status);
    expect(self->status);
    looks++;
    if (one != other) wrong_pairs++;
    RELEASE_MUTEX(mutex, &self->status);
    expect(self->status);
  }
}

/// Worker 4: for short times the pair is none, and locked.
static void change_pair(struct worker *self) {
  while (!is_over) {
    ACQUIRE_MUTEX(mutex, INFINITE_TIME_VALUE, &self->status);
    expect(self->status);
    one++;
    compute(MICROSECONDS(5));
    other++;
    RELEASE_MUTEX(mutex, &self->status);
    expect(self->status);
  }
}

void prepare_traffic(void) {
  RETURN_CODE_TYPE status;
  CREATE_BUFFER("pipe", sizeof(uint64_t), 2, FIFO, &buffer, &status);
  check_code(800, status, NO_ERROR);
  CREATE_MUTEX("pair", mutex_priority, PRIORITY, &mutex, &status);
  check_code(801, status, NO_ERROR);
}

void try_traffic(void) {
  await_room(ROOM);
  begin(1, send_numbers, 0, 0);
  begin(2, receive_numbers, 0, 0);
  begin(3, look_at_pair, 0, 0);
  begin(4, change_pair, 0, 0);
  for (int i = 0; i < frames; i++) let_pass(MICROSECONDS(10000));
  is_over = true;
  let_pass(MICROSECONDS(20000));
  check_value(810, dismiss_workers(), 0);
  check(811, wrong_codes == 0, wrong_codes);
  check(812, wrong_messages == 0, wrong_messages);
  check(813, wrong_pairs == 0, wrong_pairs);
  check(814, sent == received, received);
  check(815, sent > 1000 * (uint64_t)frames / 15, sent);
  check(816, looks > 50 * (uint64_t)frames, looks);
  check(817, one > 50 * (uint64_t)frames && one == other, one);
  tell(815, (int64_t)sent);
  tell(816, (int64_t)looks);
  tell(817, (int64_t)one);
}

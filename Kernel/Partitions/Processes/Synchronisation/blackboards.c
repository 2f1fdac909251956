// Blackboards: checks 200 to 299.
#include "synchronisation.h"

enum { greatest_size = 8 };

static BLACKBOARD_ID_TYPE board;

static void create(uint32_t number, char *name, MESSAGE_SIZE_TYPE size, RETURN_CODE_TYPE expected) {
  BLACKBOARD_ID_TYPE created;
  RETURN_CODE_TYPE status;
  CREATE_BLACKBOARD(name, size, &created, &status);
  check_code(number, status, expected);
}

static RETURN_CODE_TYPE display(BLACKBOARD_ID_TYPE blackboard, uint64_t message, MESSAGE_SIZE_TYPE size) {
  RETURN_CODE_TYPE status;
  DISPLAY_BLACKBOARD(blackboard, (MESSAGE_ADDR_TYPE)&message, size, &status);
  return status;
}

static RETURN_CODE_TYPE clear(BLACKBOARD_ID_TYPE blackboard) {
  RETURN_CODE_TYPE status;
  CLEAR_BLACKBOARD(blackboard, &status);
  return status;
}

static RETURN_CODE_TYPE read(
    BLACKBOARD_ID_TYPE blackboard, SYSTEM_TIME_TYPE time_out, uint64_t *message, MESSAGE_SIZE_TYPE *size) {
  RETURN_CODE_TYPE status;
  *message = 0;
  READ_BLACKBOARD(blackboard, time_out, (MESSAGE_ADDR_TYPE)message, size, &status);
  return status;
}

static RETURN_CODE_TYPE read_in_vain(BLACKBOARD_ID_TYPE blackboard, SYSTEM_TIME_TYPE time_out) {
  uint64_t message;
  MESSAGE_SIZE_TYPE size;
  return read(blackboard, time_out, &message, &size);
}

static void check_read(uint32_t number, SYSTEM_TIME_TYPE time_out, uint64_t expected, MESSAGE_SIZE_TYPE expected_size) {
  uint64_t message;
  MESSAGE_SIZE_TYPE size = -1;
  check_code(number, read(board, time_out, &message, &size), NO_ERROR);
  check(number, message == expected, message);
  check_value(number, size, expected_size);
}

static void check_state(uint32_t number, EMPTY_INDICATOR_TYPE indicator, WAITING_RANGE_TYPE waiting) {
  BLACKBOARD_STATUS_TYPE state;
  RETURN_CODE_TYPE status;
  GET_BLACKBOARD_STATUS(board, &state, &status);
  check_code(number, status, NO_ERROR);
  check_value(number, state.EMPTY_INDICATOR, indicator);
  check_value(number, state.MAX_MESSAGE_SIZE, greatest_size);
  check_value(number, state.WAITING_PROCESSES, waiting);
}

static void find(uint32_t number) {
  BLACKBOARD_ID_TYPE found = 0;
  RETURN_CODE_TYPE status;
  GET_BLACKBOARD_ID("board", &found, &status);
  check_code(number, status, NO_ERROR);
  check_value(number, found, board);
  GET_BLACKBOARD_ID("no board", &found, &status);
  check_code(number + 1, status, INVALID_CONFIG);
}

void create_blackboards(void) {
  RETURN_CODE_TYPE status;
  CREATE_BLACKBOARD("board", greatest_size, &board, &status);
  check_code(200, status, NO_ERROR);
  create(201, "board", greatest_size, NO_ACTION);
  create(202, "another", 0, INVALID_PARAM);
  create(203, "another", -1, INVALID_PARAM);
  create(204, "another", PARTITA_MESSAGE_POOL_BYTES + 1, INVALID_CONFIG);
  create(205, "another", INT32_MAX, INVALID_CONFIG);
  for (int i = 1; i < MAX_NUMBER_OF_BLACKBOARDS; i++) {
    NAME_TYPE name;
    name_extra(name, i);
    create(206, name, 1, NO_ERROR);
  }
  create(207, "another", 1, INVALID_CONFIG);
  find(208);
  check_state(210, EMPTY, 0);
  check_code(211, read_in_vain(board, 0), NOT_AVAILABLE);
  check_code(212, read_in_vain(board, MICROSECONDS(1)), INVALID_MODE);
  check_code(213, display(board, 0xABC, 8), NO_ERROR);
  check_read(214, MICROSECONDS(1), 0xABC, 8);
  check_code(215, clear(board), NO_ERROR);
}

static void try_parameters(void) {
  check_code(221, display(0, 1, 8), INVALID_PARAM);
  check_code(222, display(no_such_object, 1, 8), INVALID_PARAM);
  check_code(223, display(board, 1, 0), INVALID_PARAM);
  check_code(224, display(board, 1, -1), INVALID_PARAM);
  check_code(225, display(board, 1, greatest_size + 1), INVALID_PARAM);
  check_code(226, read_in_vain(0, 0), INVALID_PARAM);
  check_code(227, read_in_vain(no_such_object, 0), INVALID_PARAM);
  check_code(228, read_in_vain(board, IMPOSSIBLE_TIME), INVALID_PARAM);
  check_code(229, clear(0), INVALID_PARAM);
  check_code(230, clear(no_such_object), INVALID_PARAM);
  BLACKBOARD_STATUS_TYPE state;
  RETURN_CODE_TYPE status;
  GET_BLACKBOARD_STATUS(0, &state, &status);
  check_code(231, status, INVALID_PARAM);
  GET_BLACKBOARD_STATUS(no_such_object, &state, &status);
  check_code(232, status, INVALID_PARAM);
  find(233);
}

static void try_message(void) {
  await_room(ROOM);
  check_state(240, EMPTY, 0);
  check_code(241, read_in_vain(board, 0), NOT_AVAILABLE);
  SYSTEM_TIME_TYPE before = partita_now();
  check_code(242, read_in_vain(board, MICROSECONDS(500)), TIMED_OUT);
  check_wait(243, partita_now() - before, MICROSECONDS(500));
  check_code(244, display(board, 0x1122334455667788, 8), NO_ERROR);
  check_state(245, OCCUPIED, 0);
  check_read(246, INFINITE_TIME_VALUE, 0x1122334455667788, 8);
  // It stays for the next one, until another takes its place: a shorter one, of which no more is read.
  check_read(247, 0, 0x1122334455667788, 8);
  check_code(248, display(board, 0xFFFFFFFFFFAABBCC, 3), NO_ERROR);
  check_read(249, 0, 0xAABBCC, 3);
  lock();
  check_read(250, MICROSECONDS(1), 0xAABBCC, 3);
  check_code(251, clear(board), NO_ERROR);
  check_state(252, EMPTY, 0);
  check_code(253, read_in_vain(board, 0), NOT_AVAILABLE);
  check_code(254, read_in_vain(board, MICROSECONDS(1)), INVALID_MODE);
  unlock();
  // An empty one can be cleared too.
  check_code(255, clear(board), NO_ERROR);
}

static void read_as_worker(struct worker *self) {
  self->status = read(self->object, self->time_out, &self->message, &self->size);
  leave_mark((uint64_t)self->number);
}

static void check_all_read(uint32_t number, uint64_t expected) {
  uint64_t marks = take_marks();
  check(number, marks == 0x4231, marks);
  for (int i = 1; i <= worker_count; i++) {
    check_code(number + 1, workers[i].status, NO_ERROR);
    check(number + 2, workers[i].message == expected, workers[i].message);
    check_value(number + 2, workers[i].size, 8);
  }
  check_value(number + 3, dismiss_workers(), 0);
}

/// All who wait get the message, even if it is gone again before they run.
static void try_readers(void) {
  await_room(ROOM);
  begin_all(read_as_worker, board, INFINITE_TIME_VALUE);
  check_state(260, EMPTY, 4);
  lock();
  check_code(261, display(board, 0xD15, 8), NO_ERROR);
  check_state(262, OCCUPIED, 0);
  check_value(263, (int64_t)take_marks(), 0);
  unlock();
  check_all_read(264, 0xD15);
  check_code(268, clear(board), NO_ERROR);

  begin_all(read_as_worker, board, MICROSECONDS(1000));
  lock();
  check_code(269, display(board, 0xF1EE, 8), NO_ERROR);
  check_code(270, display(board, 0xBAD, 8), NO_ERROR);
  check_code(271, clear(board), NO_ERROR);
  unlock();
  check_all_read(272, 0xF1EE);

  // One whose time is over is not woken any more, and one that is stopped does not count.
  begin(1, read_as_worker, board, MICROSECONDS(200));
  begin(2, read_as_worker, board, INFINITE_TIME_VALUE);
  let_pass(MICROSECONDS(300));
  check_code(276, workers[1].status, TIMED_OUT);
  check_wait(277, workers[1].took, MICROSECONDS(200));
  check_state(278, EMPTY, 1);
  check_value(279, dismiss_workers(), 1);
  check_state(280, EMPTY, 0);
  check_value(281, (int64_t)take_marks(), 1);
}

void try_blackboards(void) {
  try_parameters();
  try_message();
  try_readers();
}

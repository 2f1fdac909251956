#include <arinc653/buffer.h>

#include "partita_objects.h"

/// A message in its place: the places of a buffer lie one behind the other, `stride` apart.
struct slot {
  MESSAGE_SIZE_TYPE size;
  uint8_t bytes[];
};

static struct buffer {
  NAME_TYPE name;
  MESSAGE_SIZE_TYPE maximum_size;
  MESSAGE_RANGE_TYPE maximum_count;
  /// The oldest message's place, and how many there are.
  MESSAGE_RANGE_TYPE first, count;
  uint8_t *slots;
  uint64_t stride;
  /// To send while the buffer is full, to receive while it is empty.
  struct partita_waiting_queue waiting;
} buffers[MAX_NUMBER_OF_BUFFERS];
static struct partita_object_table table = {buffers, sizeof buffers[0], 0, MAX_NUMBER_OF_BUFFERS};

void CREATE_BUFFER(
    BUFFER_NAME_TYPE name, MESSAGE_SIZE_TYPE maximum_size, MESSAGE_RANGE_TYPE maximum_count,
    QUEUING_DISCIPLINE_TYPE discipline, BUFFER_ID_TYPE *buffer, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  *status = partita_may_create(
      &table, name, maximum_size > 0 && maximum_count > 0 && partita_is_discipline(discipline));
  if (*status == NO_ERROR) {
    uint64_t stride = (sizeof(struct slot) + (uint64_t)maximum_size + 7) & ~7ull;
    uint8_t *slots = partita_new_message_room(stride * (uint64_t)maximum_count);
    if (slots == 0) {
      *status = INVALID_CONFIG;
    } else {
      struct buffer *created = partita_create_object(&table, name, buffer);
      created->maximum_size = maximum_size;
      created->maximum_count = maximum_count;
      created->slots = slots;
      created->stride = stride;
      created->waiting.by_priority = discipline == PRIORITY;
    }
  }
  partita_leave(before);
}

static struct slot *slot(const struct buffer *buffer, MESSAGE_RANGE_TYPE place) {
  return (struct slot *)(buffer->slots + (uint64_t)((buffer->first + place) % buffer->maximum_count) * buffer->stride);
}

/// - Precondition: there is a place.
static void put(struct buffer *buffer, const void *message, MESSAGE_SIZE_TYPE size) {
  struct slot *free_slot = slot(buffer, buffer->count);
  free_slot->size = size;
  __builtin_memcpy(free_slot->bytes, message, (size_t)size);
  buffer->count++;
}

static RETURN_CODE_TYPE send(
    struct buffer *buffer, const void *message, MESSAGE_SIZE_TYPE size, SYSTEM_TIME_TYPE time_out) {
  if (buffer->count == buffer->maximum_count) {
    // Whoever receives takes the message from the sender's memory: an address that is wrong is the sender's fault.
    partita_touch(message, size, false);
    partita_processes[partita_running].exchange = (struct partita_exchange){(void *)(uintptr_t)message, size};
    return partita_wait_for(&buffer->waiting, time_out);
  }
  struct partita_process *receiver = buffer->count == 0 ? partita_wake_first(&buffer->waiting) : 0;
  if (receiver == 0) {
    put(buffer, message, size);
  } else {
    __builtin_memcpy(receiver->exchange.address, message, (size_t)size);
    receiver->exchange.size = size;
  }
  return NO_ERROR;
}

void SEND_BUFFER(
    BUFFER_ID_TYPE buffer, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE size, SYSTEM_TIME_TYPE time_out,
    RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  struct buffer *own = partita_object(&table, buffer);
  const bool is_right = own != 0 && size > 0 && size <= own->maximum_size && partita_is_time_out(time_out);
  *status = is_right ? send(own, message, size, time_out) : INVALID_PARAM;
  partita_leave(before);
}

static RETURN_CODE_TYPE receive(
    struct buffer *buffer, void *message, MESSAGE_SIZE_TYPE *size, SYSTEM_TIME_TYPE time_out) {
  struct partita_exchange *exchange = &partita_processes[partita_running].exchange;
  if (buffer->count == 0) {
    partita_touch(message, buffer->maximum_size, true);
    *exchange = (struct partita_exchange){message, 0};
    RETURN_CODE_TYPE status = partita_wait_for(&buffer->waiting, time_out);
    *size = status == NO_ERROR ? exchange->size : 0;
    return status;
  }
  const struct slot *oldest = slot(buffer, 0);
  *size = oldest->size;
  __builtin_memcpy(message, oldest->bytes, (size_t)oldest->size);
  const bool was_full = buffer->count == buffer->maximum_count;
  buffer->first = (buffer->first + 1) % buffer->maximum_count;
  buffer->count--;
  struct partita_process *sender = was_full ? partita_wake_first(&buffer->waiting) : 0;
  if (sender != 0) put(buffer, sender->exchange.address, sender->exchange.size);
  return NO_ERROR;
}

void RECEIVE_BUFFER(
    BUFFER_ID_TYPE buffer, SYSTEM_TIME_TYPE time_out, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE *size,
    RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  struct buffer *own = partita_object(&table, buffer);
  *size = 0;
  *status = own != 0 && partita_is_time_out(time_out) ? receive(own, message, size, time_out) : INVALID_PARAM;
  partita_leave(before);
}

void GET_BUFFER_ID(BUFFER_NAME_TYPE name, BUFFER_ID_TYPE *buffer, RETURN_CODE_TYPE *status) {
  const int32_t found = partita_find_object(&table, name);
  *status = found == 0 ? INVALID_CONFIG : NO_ERROR;
  if (found != 0) *buffer = found;
}

void GET_BUFFER_STATUS(BUFFER_ID_TYPE buffer, BUFFER_STATUS_TYPE *buffer_status, RETURN_CODE_TYPE *status) {
  uint64_t before = partita_enter();
  const struct buffer *own = partita_object(&table, buffer);
  *status = own == 0 ? INVALID_PARAM : NO_ERROR;
  if (own != 0) {
    *buffer_status = (BUFFER_STATUS_TYPE){
        .NB_MESSAGE = own->count, .MAX_NB_MESSAGE = own->maximum_count, .MAX_MESSAGE_SIZE = own->maximum_size,
        .WAITING_PROCESSES = own->waiting.count};
  }
  partita_leave(before);
}

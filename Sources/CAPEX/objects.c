#include "partita_objects.h"

static uint8_t message_pool[PARTITA_MESSAGE_POOL_BYTES] __attribute__((aligned(8)));
static uint64_t message_pool_used;

void *partita_new_message_room(uint64_t byte_count) {
  if (byte_count > PARTITA_MESSAGE_POOL_BYTES - message_pool_used) return 0;
  void *room = message_pool + message_pool_used;
  message_pool_used += (byte_count + 7) & ~7ull;
  return room;
}

static void touch_byte(volatile uint8_t *byte, bool is_written) {
  const uint8_t found = *byte;
  if (is_written) *byte = found;
}

void partita_touch(const void *memory, MESSAGE_SIZE_TYPE size, bool is_written) {
  enum { page_bytes = 4096 };
  volatile uint8_t *bytes = (volatile uint8_t *)(uintptr_t)memory;
  for (MESSAGE_SIZE_TYPE at = 0; at < size; at += page_bytes) touch_byte(bytes + at, is_written);
  touch_byte(bytes + size - 1, is_written);
}

void *partita_object(const struct partita_object_table *table, int32_t identifier) {
  if (identifier < 1 || identifier > table->count) return 0;
  return (uint8_t *)table->objects + (size_t)(identifier - 1) * table->stride;
}

int32_t partita_find_object(const struct partita_object_table *table, const char *name) {
  for (int32_t i = 1; i <= table->count; i++) {
    if (partita_is_name(partita_object(table, i), name)) return i;
  }
  return 0;
}

RETURN_CODE_TYPE partita_may_create(const struct partita_object_table *table, const char *name, bool is_right) {
  if (table->count == table->capacity) return INVALID_CONFIG;
  if (partita_find_object(table, name) != 0) return NO_ACTION;
  if (!is_right) return INVALID_PARAM;
  return partita_is_normal() ? INVALID_MODE : NO_ERROR;
}

void *partita_create_object(struct partita_object_table *table, const char *name, int32_t *identifier) {
  *identifier = ++table->count;
  void *object = partita_object(table, *identifier);
  partita_copy_name(object, name);
  return object;
}

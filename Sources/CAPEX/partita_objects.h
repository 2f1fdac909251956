// What buffers, blackboards, semaphores, events and mutexes have in common.
#ifndef PARTITA_OBJECTS_H
#define PARTITA_OBJECTS_H

#include "partita_names.h"
#include "partita_scheduler.h"

/// Objects of one kind: each begins with its name. Identifiers count from 1, in the order of creation.
struct partita_object_table {
  void *objects;
  size_t stride;
  int32_t count, capacity;
};

/// The object with this identifier, or null.
void *partita_object(const struct partita_object_table *table, int32_t identifier);
/// The identifier of the object with this name, or 0.
int32_t partita_find_object(const struct partita_object_table *table, const char *name);

/// Whether one more can be created: INVALID_CONFIG where there is no room, NO_ACTION where the name is taken,
/// INVALID_PARAM where the attributes are not right, INVALID_MODE in NORMAL mode.
RETURN_CODE_TYPE partita_may_create(const struct partita_object_table *table, const char *name, bool is_right);
/// Makes a new one of the name and answers it; `identifier` gets its own.
void *partita_create_object(struct partita_object_table *table, const char *name, int32_t *identifier);

/// Room for messages, 8-byte aligned; null where there is not so much. It is never given back.
void *partita_new_message_room(uint64_t byte_count);

/// Reads memory of the caller that others will copy from, or writes what is there to memory that they will copy to: a
/// fault is the caller's then.
///
/// - size: 1 or more.
void partita_touch(const void *memory, MESSAGE_SIZE_TYPE size, bool is_written);

static inline bool partita_is_time_out(SYSTEM_TIME_TYPE time) { return time >= INFINITE_TIME_VALUE; }
static inline bool partita_is_discipline(QUEUING_DISCIPLINE_TYPE discipline) {
  return discipline == FIFO || discipline == PRIORITY;
}

#endif

// The processes that wait for one thing, in the order in which they get it: WaitingQueue of PartitionKit in C.
#ifndef PARTITA_WAITING_H
#define PARTITA_WAITING_H

#include <stdbool.h>
#include <stdint.h>

enum { partita_waiting_capacity = 32 };

struct partita_waiting_queue {
  /// Greater priorities first; else in the order of arrival.
  bool by_priority;
  int32_t count;
  struct {
    int32_t process, priority;
  } waiters[partita_waiting_capacity];
};

/// Adds one that begins to wait; false if there is no room.
bool partita_waiting_insert(struct partita_waiting_queue *queue, int32_t process, int32_t priority);
/// Who is served next; −1 if nobody waits.
int32_t partita_waiting_first(const struct partita_waiting_queue *queue);
/// Takes out one that waits no longer; false if it was not waiting.
bool partita_waiting_remove(struct partita_waiting_queue *queue, int32_t process);

#endif

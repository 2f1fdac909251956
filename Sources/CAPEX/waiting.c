#include "partita_waiting.h"

bool partita_waiting_insert(struct partita_waiting_queue *queue, int32_t process, int32_t priority) {
  if (queue->count == partita_waiting_capacity) return false;
  int32_t place = queue->count++;
  for (; queue->by_priority && place > 0 && queue->waiters[place - 1].priority < priority; place--) {
    queue->waiters[place] = queue->waiters[place - 1];
  }
  queue->waiters[place].process = process;
  queue->waiters[place].priority = priority;
  return true;
}

int32_t partita_waiting_first(const struct partita_waiting_queue *queue) {
  return queue->count > 0 ? queue->waiters[0].process : -1;
}

bool partita_waiting_remove(struct partita_waiting_queue *queue, int32_t process) {
  int32_t place = 0;
  while (place < queue->count && queue->waiters[place].process != process) place++;
  if (place == queue->count) return false;
  queue->count--;
  for (; place < queue->count; place++) queue->waiters[place] = queue->waiters[place + 1];
  return true;
}

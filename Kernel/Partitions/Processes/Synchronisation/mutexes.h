// Between the files of checks of mutexes: 500 to 699.
#ifndef MUTEXES_H
#define MUTEXES_H

#include "synchronisation.h"

/// Greater than that of all processes, but of one that was raised.
enum { mutex_priority = 90, low_mutex_priority = 40 };

extern MUTEX_ID_TYPE mutex_by_arrival, mutex_by_priority, low_mutex;

RETURN_CODE_TYPE acquire_mutex(MUTEX_ID_TYPE mutex, SYSTEM_TIME_TYPE time_out);
RETURN_CODE_TYPE release_mutex(MUTEX_ID_TYPE mutex);
RETURN_CODE_TYPE reset_mutex(MUTEX_ID_TYPE mutex, PROCESS_ID_TYPE process);
RETURN_CODE_TYPE set_priority(PROCESS_ID_TYPE process, PRIORITY_TYPE priority);
/// Which mutex a process owns.
MUTEX_ID_TYPE owned_mutex(PROCESS_ID_TYPE process);

/// All of a mutex's state; of one that nobody owns the count is 0.
void check_mutex(
    uint32_t number, MUTEX_ID_TYPE mutex, PROCESS_ID_TYPE owner, LOCK_COUNT_TYPE count, WAITING_RANGE_TYPE waiting);

/// Mutexes that several want.
void try_contended_mutexes(void);

#endif

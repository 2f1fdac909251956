// Time services (ARINC 653 Part 1, 3.4).
#ifndef ARINC653_TIME_H
#define ARINC653_TIME_H

#include <arinc653/process.h>
#include <arinc653/types.h>

APEX_BEGIN

/// Waits for so long; zero lets others of the same priority run. A wait that ends after the window does goes on in the
/// next one.
void TIMED_WAIT(SYSTEM_TIME_TYPE delay, RETURN_CODE_TYPE *status);
/// Waits for the next release point of a periodic process.
void PERIODIC_WAIT(RETURN_CODE_TYPE *status);
void GET_TIME(SYSTEM_TIME_TYPE *time, RETURN_CODE_TYPE *status);
/// The caller's deadline is so far from now; of a periodic process not beyond its next release point.
void REPLENISH(SYSTEM_TIME_TYPE budget, RETURN_CODE_TYPE *status);

APEX_END

#endif

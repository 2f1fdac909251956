// What hostile partitions share: how they begin, how they report, and how they go on after an offence.
#ifndef PARTITA_HOSTILE_LOAD_H
#define PARTITA_HOSTILE_LOAD_H

#include <stdint.h>

/// Goes to NORMAL, then integer work without a yield until 200 ms of the module's time have passed, several windows of
/// it. The tests make the innocent twin of a hostile image by a later instant in its `hostile_due`: same code, same
/// size, no offence.
void behave_until_due(void);

/// Tells the trace that the offence was survived: the partition was not contained. `what` identifies the offence.
void report_survival(unsigned long what);

/// Tells the trace that an attack was carried out to its end. `result` is the attack's own finding, 0 where it has
/// found no hole.
void report_completion(unsigned long result);

/// The same words in each run: a generator with a fixed seed.
uint64_t next_random(void);

/// Takes interrupts of the real-time clock's line from now on, so that `attempt` can end a deed that never ends.
void prepare_attempts(void);

/// Does `deed(argument)`, which may fault for ever where the health monitor ignores its fault: then the next interrupt
/// ends it. Answers 1 if the deed returned, 0 if it had to be ended.
int attempt(void (*deed)(uint64_t), uint64_t argument);

/// The same for bare code, which must end with `ret`.
#define ATTEMPT_CODE(code) attempt((void (*)(uint64_t))(code), 0)

/// Lets time pass with upcalls off.
void spin(uint64_t rounds);

/// Work for ever.
__attribute__((noreturn)) void spin_for_ever(void);

/// A `syscall` in the very last bytes of the image's text.
extern const uint8_t syscall_at_page_end[];

#endif

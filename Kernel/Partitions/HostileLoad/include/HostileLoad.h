// How every hostile partition begins: like an ordinary one.
#ifndef PARTITA_HOSTILE_LOAD_H
#define PARTITA_HOSTILE_LOAD_H

/// Goes to NORMAL, then integer work without a yield until 200 ms of the module's time have passed, several windows of it. The tests make
/// the innocent twin of a hostile image by a later instant in its `hostile_due`: same code, same size, no offence.
void behave_until_due(void);

/// Tells the trace that the offence was survived: the partition was not contained. `what` identifies the offence.
void report_survival(unsigned long what);

#endif

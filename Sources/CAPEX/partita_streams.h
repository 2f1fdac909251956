// The C library's streams, for who makes the library ready.
#ifndef PARTITA_STREAMS_H
#define PARTITA_STREAMS_H

/// Has standard output and standard error, where they are linked, locked by whoever writes to them.
void partita_initialize_streams(void);

#endif

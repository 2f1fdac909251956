// Between processes.c and the services that processes wait for.
#ifndef PARTITA_WAITING_SERVICES_H
#define PARTITA_WAITING_SERVICES_H

/// Tries for the first process at each port what it waits for, and wakes those for which it could be done.
void partita_serve_waiting_processes(void);

/// A process that waits is stopped: it waits at no port any more.
void partita_forget_waiting_process(int process);

#endif

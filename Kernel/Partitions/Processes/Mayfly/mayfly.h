// A partition that lives, dies and is born again at random, and checks at every turn what it is promised. Its
// parameters stand in the image, where a test puts them: what it does follows from its seed and from the time.
//
// The groups of checks: 1xx births, 2xx ports and messages, 3xx processes, 4xx deaths, 5xx errors, 6xx schedules.
#ifndef MAYFLY_H
#define MAYFLY_H

#include <partita.h>
#include <partita_process.h>
#include <process_checks.h>

enum { schedule_limit = 3, message_bytes = 16, process_limit = 6 };

/// A module schedule, and what it promises the partition: period and duration, ns; no period: no windows.
struct promise {
  int64_t schedule;
  SYSTEM_TIME_TYPE period, duration;
};

/// Words only: RandomLives.swift writes them.
struct parameters {
  /// "MAYFLIES".
  uint64_t name;
  uint64_t seed;
  int64_t identifier;
  /// It yields and does nothing else.
  uint64_t is_quiet;
  /// It may change the schedule, and does once in so many rounds of its ticker.
  uint64_t may_change, change_odds;
  /// Identifiers of event channels.
  uint64_t event_in, event_out;
  /// From the last instant at which it can run to the end of its window, ns.
  SYSTEM_TIME_TYPE room;
  /// Its period in all schedules, if that is the same: its periodic process keeps it then; else 0.
  SYSTEM_TIME_TYPE common_period;
  uint64_t schedule_count;
  struct promise promises[schedule_limit];
};
extern const volatile struct parameters parameters;

/// Upper halves of notes' first words, beside those of process_checks.h.
#define NOTE_BORN (0x10ull << 32)
#define NOTE_DYING (0x11ull << 32)
#define NOTE_HANDLED (0x12ull << 32)
#define NOTE_CALLED (0x13ull << 32)

extern SAMPLING_PORT_ID_TYPE sampling_out, sampling_in;
extern QUEUING_PORT_ID_TYPE queuing_out, queuing_in;
extern BUFFER_ID_TYPE buffer;
extern SEMAPHORE_ID_TYPE semaphore;
extern EVENT_ID_TYPE event;
extern MUTEX_ID_TYPE mutex;
extern BLACKBOARD_ID_TYPE blackboard;
extern PROCESS_ID_TYPE processes[process_limit];
extern int process_count;
/// Why, and in which mode, this life began.
extern START_CONDITION_TYPE born_as;

/// A random number less than `limit`.
uint64_t below(uint64_t limit);
void compute(SYSTEM_TIME_TYPE duration);
/// Computes to an instant, often one near the last that the window has for the partition.
void aim(void);

/// Ends this life in one of the ways that `pick_death` chooses among; comes back where the partition lives on.
void die(int death);
int pick_death(void);
/// Of those that are possible before NORMAL mode.
int pick_early_death(void);

void make_ports(void);
/// Sends a sampling message, reads one.
void tell_others(void);
void hear_others(void);
void send_queued(SYSTEM_TIME_TYPE time_out);
void receive_queued(SYSTEM_TIME_TYPE time_out);

void make_processes(void);

void check_normal(void);
/// Period and duration are those of the schedule that runs.
void check_promise(void);
void change_schedule(void);

void on_event(uint64_t vector, uint64_t marks);
void handle_error(void);

#endif

// The C header of a partition: the standard's names over the kernel's hypercalls. Partition and module schedule
// services, error reports, sampling ports, time and console. Processes: partita_process.h; their error handler:
// partita_error.h; queuing ports: partita_queuing.h.
#ifndef PARTITA_H
#define PARTITA_H

#include <PartitionEntry.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t APEX_BYTE;
typedef int32_t APEX_INTEGER;
typedef uint32_t APEX_UNSIGNED;
typedef int64_t APEX_LONG_INTEGER;

typedef enum {
  NO_ERROR = 0,
  NO_ACTION = 1,
  NOT_AVAILABLE = 2,
  INVALID_PARAM = 3,
  INVALID_CONFIG = 4,
  INVALID_MODE = 5,
  TIMED_OUT = 6
} RETURN_CODE_TYPE;

#define MAX_NAME_LENGTH 32
#define INFINITE_TIME_VALUE ((SYSTEM_TIME_TYPE)-1)

typedef char NAME_TYPE[MAX_NAME_LENGTH];
typedef void *SYSTEM_ADDRESS_TYPE;
typedef APEX_BYTE *MESSAGE_ADDR_TYPE;
typedef APEX_INTEGER MESSAGE_SIZE_TYPE;
typedef APEX_INTEGER MESSAGE_RANGE_TYPE;
/// Nanoseconds.
typedef APEX_LONG_INTEGER SYSTEM_TIME_TYPE;
typedef enum { SOURCE = 0, DESTINATION = 1 } PORT_DIRECTION_TYPE;

typedef enum { IDLE = 0, COLD_START = 1, WARM_START = 2, NORMAL = 3 } OPERATING_MODE_TYPE;
typedef enum {
  NORMAL_START = 0,
  PARTITION_RESTART = 1,
  HM_MODULE_RESTART = 2,
  HM_PARTITION_RESTART = 3
} START_CONDITION_TYPE;
typedef APEX_INTEGER PARTITION_ID_TYPE;
typedef APEX_INTEGER LOCK_LEVEL_TYPE;
typedef APEX_UNSIGNED NUM_CORES_TYPE;
typedef struct {
  SYSTEM_TIME_TYPE PERIOD;
  SYSTEM_TIME_TYPE DURATION;
  PARTITION_ID_TYPE IDENTIFIER;
  LOCK_LEVEL_TYPE LOCK_LEVEL;
  OPERATING_MODE_TYPE OPERATING_MODE;
  START_CONDITION_TYPE START_CONDITION;
  NUM_CORES_TYPE NUM_ASSIGNED_CORES;
} PARTITION_STATUS_TYPE;

/// What the kernel knows of the partition, read without a kernel entry. The lock level is 0: processes
/// are not preempted, so there is nothing to lock.
void GET_PARTITION_STATUS(PARTITION_STATUS_TYPE *partition_status, RETURN_CODE_TYPE *status);

/// Asks for another mode. Comes back when the mode is NORMAL, or when the request is refused.
void SET_PARTITION_MODE(OPERATING_MODE_TYPE mode, RETURN_CODE_TYPE *status);

typedef NAME_TYPE SCHEDULE_NAME_TYPE;
typedef APEX_INTEGER SCHEDULE_ID_TYPE;
typedef struct {
  SYSTEM_TIME_TYPE TIME_OF_LAST_SCHEDULE_SWITCH;
  SCHEDULE_ID_TYPE CURRENT_SCHEDULE;
  SCHEDULE_ID_TYPE NEXT_SCHEDULE;
} SCHEDULE_STATUS_TYPE;

/// Asks for the module schedule that shall run from the next major frame on.
void SET_MODULE_SCHEDULE(SCHEDULE_ID_TYPE schedule, RETURN_CODE_TYPE *status);
void GET_MODULE_SCHEDULE_STATUS(SCHEDULE_STATUS_TYPE *schedule_status, RETURN_CODE_TYPE *status);
/// The identifier of the schedule that the module file gives this name; INVALID_CONFIG where it gives it to none.
void GET_MODULE_SCHEDULE_ID(SCHEDULE_NAME_TYPE name, SCHEDULE_ID_TYPE *schedule, RETURN_CODE_TYPE *status);

typedef enum {
  DEADLINE_MISSED = 0,
  APPLICATION_ERROR = 1,
  NUMERIC_ERROR = 2,
  ILLEGAL_REQUEST = 3,
  STACK_OVERFLOW = 4,
  MEMORY_VIOLATION = 5,
  HARDWARE_FAULT = 6,
  POWER_FAIL = 7
} ERROR_CODE_TYPE;
#define MAX_ERROR_MESSAGE_SIZE 128
typedef APEX_INTEGER ERROR_MESSAGE_SIZE_TYPE;

/// Gives an APPLICATION_ERROR to the health monitor. The error handler gets a copy of the message (partita_error.h);
/// callback and log get its address.
void RAISE_APPLICATION_ERROR(
    ERROR_CODE_TYPE code, MESSAGE_ADDR_TYPE message, ERROR_MESSAGE_SIZE_TYPE length, RETURN_CODE_TYPE *status);

/// Places a variable in memory that a warm start leaves as it is.
#define PARTITA_RETAINED __attribute__((section(".retained")))

/// A health callback, named by the module's PartitionCallback: begins on an empty stack when the partition has erred,
/// and ends with `partita_complete_callback`, a fault, or its window; the action follows.
#define PARTITA_CALLBACK __attribute__((used, retain))
void partita_complete_callback(void);

typedef NAME_TYPE SAMPLING_PORT_NAME_TYPE;
typedef APEX_INTEGER SAMPLING_PORT_ID_TYPE;
typedef enum { INVALID = 0, VALID = 1 } VALIDITY_TYPE;

/// Creates the partition's end of a configured sampling port, before the partition is in NORMAL mode.
void CREATE_SAMPLING_PORT(
    SAMPLING_PORT_NAME_TYPE name, MESSAGE_SIZE_TYPE maximum_size, PORT_DIRECTION_TYPE direction,
    SYSTEM_TIME_TYPE refresh_period, SAMPLING_PORT_ID_TYPE *port, RETURN_CODE_TYPE *status);

/// Replaces the port's message.
void WRITE_SAMPLING_MESSAGE(
    SAMPLING_PORT_ID_TYPE port, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE size, RETURN_CODE_TYPE *status);

/// Copies the latest message. The standard passes no capacity: the buffer must hold the size given in creating the
/// port.
void READ_SAMPLING_MESSAGE(
    SAMPLING_PORT_ID_TYPE port, MESSAGE_ADDR_TYPE message, MESSAGE_SIZE_TYPE *size, VALIDITY_TYPE *validity,
    RETURN_CODE_TYPE *status);

/// The same with the buffer's capacity, checked by the kernel.
RETURN_CODE_TYPE partita_read_sampling_message(
    SAMPLING_PORT_ID_TYPE port, void *buffer, size_t capacity, size_t *size, VALIDITY_TYPE *validity);

/// The time on the module's clock, read without a kernel entry.
SYSTEM_TIME_TYPE partita_now(void);
void GET_TIME(SYSTEM_TIME_TYPE *time, RETURN_CODE_TYPE *status);

/// Gives up the rest of the window; comes back at the start of the next one, whose nominal instant it answers.
SYSTEM_TIME_TYPE partita_yield(void);

/// Leaves two words in the trace.
void partita_note(uint64_t first, uint64_t second);

/// Leaves words of the partition's memory in the trace, whole and in order: 1 … PARTITA_MAXIMUM_NOTE_WORDS of them,
/// 8-byte aligned. INVALID_PARAM for another number, and for memory that the partition may not read.
RETURN_CODE_TYPE partita_note_words(const uint64_t *words, size_t count);

/// Writes to the console, 16 bytes a hypercall; answers how many bytes the console took.
size_t partita_console_write(const char *text, size_t length);

/// Gives the partition thread-local storage, which the C library keeps its error number in. Once, before the library.
/// What `printf` and its like write then goes to the console, to standard error as to standard output: line by line.
void partita_initialize_thread(void);

#endif

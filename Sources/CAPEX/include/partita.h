// The C header of a partition: the standard's names over the kernel's hypercalls. Sampling ports, time and console; the
// other service groups are not there yet.
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

typedef NAME_TYPE SAMPLING_PORT_NAME_TYPE;
typedef APEX_INTEGER SAMPLING_PORT_ID_TYPE;
typedef enum { INVALID = 0, VALID = 1 } VALIDITY_TYPE;

/// Creates the partition's end of a configured sampling port.
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

/// Writes to the console, 16 bytes a hypercall; answers how many bytes the console took.
size_t partita_console_write(const char *text, size_t length);

/// Gives the partition thread-local storage, which the C library keeps its error number in. Once, before the library.
void partita_initialize_thread(void);

#endif

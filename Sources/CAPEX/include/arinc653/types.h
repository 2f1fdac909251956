// Types that several groups of services share (ARINC 653 Part 1, Appendix D).
#ifndef ARINC653_TYPES_H
#define ARINC653_TYPES_H

#include <stdint.h>

// The services' names are C's, for programs in C++ too.
#ifdef __cplusplus
#define APEX_BEGIN extern "C" {
#define APEX_END }
#else
#define APEX_BEGIN
#define APEX_END
#endif

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

// What there can be at most: of partitions in a module, of ports in it together, and of the rest in each partition.
#define SYSTEM_LIMIT_NUMBER_OF_PARTITIONS 32
#define SYSTEM_LIMIT_NUMBER_OF_MESSAGES 64
#define SYSTEM_LIMIT_MESSAGE_SIZE 8192
#define SYSTEM_LIMIT_NUMBER_OF_PROCESSES 32
#define SYSTEM_LIMIT_NUMBER_OF_SAMPLING_PORTS 128
#define SYSTEM_LIMIT_NUMBER_OF_QUEUING_PORTS 128
#define SYSTEM_LIMIT_NUMBER_OF_BUFFERS 16
#define SYSTEM_LIMIT_NUMBER_OF_BLACKBOARDS 16
#define SYSTEM_LIMIT_NUMBER_OF_SEMAPHORES 32
#define SYSTEM_LIMIT_NUMBER_OF_EVENTS 32
#define SYSTEM_LIMIT_NUMBER_OF_MUTEXES 32

#define MAX_NAME_LENGTH 32
/// Ended by a zero, unless it is as long as it may be.
typedef char NAME_TYPE[MAX_NAME_LENGTH];

typedef void *SYSTEM_ADDRESS_TYPE;
typedef APEX_BYTE *MESSAGE_ADDR_TYPE;
/// Bytes.
typedef APEX_INTEGER MESSAGE_SIZE_TYPE;
/// Messages.
typedef APEX_INTEGER MESSAGE_RANGE_TYPE;
/// Processes.
typedef APEX_INTEGER WAITING_RANGE_TYPE;

/// Nanoseconds.
typedef APEX_LONG_INTEGER SYSTEM_TIME_TYPE;
#define INFINITE_TIME_VALUE ((SYSTEM_TIME_TYPE)-1)

typedef enum { SOURCE = 0, DESTINATION = 1 } PORT_DIRECTION_TYPE;
/// In which order those who wait are served; equal priorities in the order of arrival.
typedef enum { FIFO = 0, PRIORITY = 1 } QUEUING_DISCIPLINE_TYPE;

/// 0 … of the cores that the partition has: here there is one.
typedef APEX_INTEGER PROCESSOR_CORE_ID_TYPE;
typedef APEX_UNSIGNED NUM_CORES_TYPE;
#define CORE_AFFINITY_NO_PREFERENCE ((PROCESSOR_CORE_ID_TYPE)-1)

#endif

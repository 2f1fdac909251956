#include "ProcessMemory.h"

uint8_t partita_scheduler_bytes[PARTITA_SCHEDULER_BYTES] __attribute__((aligned(16)));
uint8_t partita_message_pool_bytes[PARTITA_MESSAGE_POOL_BYTES] __attribute__((aligned(16)));
uint8_t partita_stack_pool_bytes[PARTITA_STACK_POOL_BYTES] __attribute__((aligned(16)));
uint8_t partita_port_table_bytes[PARTITA_PORT_TABLE_BYTES] __attribute__((aligned(16)));
uint8_t partita_raised_message_bytes[PARTITA_ERROR_MESSAGE_BYTES];
uint8_t partita_error_message_bytes[PARTITA_ERROR_MESSAGE_BYTES];
void *partita_flow_pointers[partita_flow_count];
void *partita_stack_tops[PARTITA_MAXIMUM_PROCESSES + 1];
void *partita_stack_fences[PARTITA_MAXIMUM_PROCESSES + 1];
bool partita_processes_are_used;

// What the drainer needs of the machine and Swift cannot say: loads and stores that the compiler keeps where they are,
// the time-stamp counter, the debug port, one hypercall, and static memory.
#ifndef PARTITA_DRAINER_PORT_H
#define PARTITA_DRAINER_PORT_H

#include <stddef.h>
#include <stdint.h>

// x86-64 keeps loads in the order of the program, so a volatile load of the head is enough before loads of records.
static inline uint64_t drainer_load(uint64_t address) { return *(const volatile uint64_t *)address; }

static inline void drainer_store(uint64_t address, uint64_t value) { *(volatile uint64_t *)address = value; }

static inline uint64_t drainer_timestamp(void) {
  uint32_t low, high;
  __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
  return (uint64_t)high << 32 | low;
}

// One instruction, interruptible between bytes.
static inline void drainer_write_port(const void *bytes, size_t count) {
  __asm__ volatile("rep outsb" : "+S"(bytes), "+c"(count) : "d"((uint16_t)0xE9) : "memory");
}

// What the debug port reads as: the host's to choose (`DrainTransport`).
static inline uint8_t drainer_read_port(void) {
  uint8_t value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "d"((uint16_t)0xE9));
  return value;
}

// Hypercall `drainComplete`: the kernel ends the machine.
static inline void drainer_complete(void) {
  uint64_t number = 76;
  __asm__ volatile("syscall" : "+a"(number) : : "rcx", "rdx", "r11", "memory");
}

// 8-byte aligned memory for the encoder's scratch and for one block.
uint8_t *drainer_memory(void);
size_t drainer_memory_bytes(void);

#endif

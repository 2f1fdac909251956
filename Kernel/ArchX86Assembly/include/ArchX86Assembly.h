// What Swift cannot say: single instructions, and the entries of the assembly room.
#ifndef PARTITA_ARCH_X86_ASSEMBLY_H
#define PARTITA_ARCH_X86_ASSEMBLY_H

#include <stdint.h>
#include "SwitcherLayout.h"

// Without the attribute Swift calls these as functions.
#define PARTITA_INLINE static inline __attribute__((always_inline))


// Symbols of the switcher and of the linker script: their addresses are what counts.
extern const char partita_switcher_start[], partita_switcher_end[];
extern const char partita_nmi_entry[], partita_double_fault_entry[], partita_machine_check_entry[];
extern const char partita_debug_entry[], partita_syscall_entry[];
extern const char partita_text_start[], partita_text_end[];
extern const char partita_rodata_start[], partita_rodata_end[];
extern const char partita_data_start[], partita_data_end[];
extern const char partita_build_identity[];
extern const char partita_cleared_start[], partita_cleared_end[];
extern const char partita_boot_stack_fence[], partita_fault_stack_fence[];

PARTITA_INLINE uint64_t partita_address_switcher_start(void) { return (uint64_t)partita_switcher_start; }
PARTITA_INLINE uint64_t partita_address_switcher_end(void) { return (uint64_t)partita_switcher_end; }
PARTITA_INLINE uint64_t partita_address_nmi_entry(void) { return (uint64_t)partita_nmi_entry; }
PARTITA_INLINE uint64_t partita_address_double_fault_entry(void) { return (uint64_t)partita_double_fault_entry; }
PARTITA_INLINE uint64_t partita_address_machine_check_entry(void) { return (uint64_t)partita_machine_check_entry; }
PARTITA_INLINE uint64_t partita_address_debug_entry(void) { return (uint64_t)partita_debug_entry; }
PARTITA_INLINE uint64_t partita_address_syscall_entry(void) { return (uint64_t)partita_syscall_entry; }
PARTITA_INLINE uint64_t partita_address_text_start(void) { return (uint64_t)partita_text_start; }
PARTITA_INLINE uint64_t partita_address_text_end(void) { return (uint64_t)partita_text_end; }
PARTITA_INLINE uint64_t partita_address_rodata_start(void) { return (uint64_t)partita_rodata_start; }
PARTITA_INLINE uint64_t partita_address_rodata_end(void) { return (uint64_t)partita_rodata_end; }
PARTITA_INLINE uint64_t partita_address_data_start(void) { return (uint64_t)partita_data_start; }
PARTITA_INLINE uint64_t partita_address_data_end(void) { return (uint64_t)partita_data_end; }
PARTITA_INLINE uint64_t partita_address_cleared_start(void) { return (uint64_t)partita_cleared_start; }
PARTITA_INLINE uint64_t partita_address_cleared_end(void) { return (uint64_t)partita_cleared_end; }
PARTITA_INLINE uint64_t partita_address_boot_stack_fence(void) { return (uint64_t)partita_boot_stack_fence; }
PARTITA_INLINE uint64_t partita_address_fault_stack_fence(void) { return (uint64_t)partita_fault_stack_fence; }
// First 8 bytes of the GNU build identity (after the note's 16-byte head), as they are printed.
PARTITA_INLINE uint64_t partita_kernel_build_identity(void) {
    return __builtin_bswap64(*(const uint64_t *)(partita_build_identity + 16));
}

// The switcher's words, in the kernel's own address space.
#define PARTITA_SWITCHER_WORD(address) (*(volatile uint64_t *)(address))
PARTITA_INLINE uint64_t partita_nmi_count(void) { return PARTITA_SWITCHER_WORD(PARTITA_NMI_COUNT); }
PARTITA_INLINE uint64_t partita_entry_ticks(void) { return PARTITA_SWITCHER_WORD(PARTITA_ENTRY_TICKS); }
PARTITA_INLINE uint64_t partita_found_root(void) { return PARTITA_SWITCHER_WORD(PARTITA_FOUND_ROOT); }
PARTITA_INLINE uint64_t partita_exit_ticks(void) { return PARTITA_SWITCHER_WORD(PARTITA_EXIT_TICKS); }
PARTITA_INLINE void partita_set_next_root(uint64_t root) { PARTITA_SWITCHER_WORD(PARTITA_NEXT_ROOT) = root; }

// The ways out of the kernel and back. They are no ordinary calls: all registers but two are lost, so that the switcher
// need not keep what the kernel can read again.
PARTITA_INLINE uint32_t partita_leave_and_return(uint64_t padTicks) {
    uint32_t entry;
    __asm__ volatile("call partita_enter" : "=a"(entry), "+D"(padTicks) : :
                     "rsi", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory", "cc");
    return entry;
}
PARTITA_INLINE uint32_t partita_wait_and_return(uint64_t untilTicks) {
    uint32_t came;
    __asm__ volatile("call partita_wait" : "=a"(came), "+D"(untilTicks) : :
                     "rsi", "rbx", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "memory", "cc");
    return came;
}
/// Goes on a fixed number of instructions after the counter has said untilTicks, whenever it was called before that: by
/// as many no-operations as are left, as partita_enter does.
PARTITA_INLINE void partita_pad(uint64_t untilTicks) {
    __asm__ volatile(
        "1: rdtsc\n\t"
        "shlq $32, %%rdx\n\t"
        "orq %%rdx, %%rax\n\t"
        "movq %[until], %%rcx\n\t"
        "subq %%rax, %%rcx\n\t"
        "cmpq %[sled], %%rcx\n\t"
        "jg 1b\n\t"
        "xorl %%eax, %%eax\n\t"
        "testq %%rcx, %%rcx\n\t"
        "cmovsq %%rax, %%rcx\n\t"          // late already: no pad
        "leaq 2f(%%rip), %%rax\n\t"
        "subq %%rcx, %%rax\n\t"
        "jmp *%%rax\n\t"
        ".fill %c[sled], 1, 0x90\n"
        "2:"
        : : [until] "r"(untilTicks), [sled] "i"(PARTITA_PAD_SLED) : "rax", "rcx", "rdx", "cc");
}
PARTITA_INLINE uint64_t partita_read_ticks(void) {
    uint64_t low, high;                     // the instruction clears both upper halves
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return high << 32 | low;
}
PARTITA_INLINE void partita_out8(uint16_t port, uint8_t value) {
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}
PARTITA_INLINE uint8_t partita_in8(uint16_t port) {
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}
PARTITA_INLINE void partita_write_msr(uint32_t number, uint64_t value) {
    __asm__ volatile("wrmsr" : : "c"(number), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)) : "memory");
}
PARTITA_INLINE uint64_t partita_read_msr(uint32_t number) {
    uint32_t low, high;
    __asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(number));
    return (uint64_t)high << 32 | low;
}
PARTITA_INLINE void partita_write_cr3(uint64_t value) { __asm__ volatile("movq %0, %%cr3" : : "r"(value) : "memory"); }
PARTITA_INLINE uint64_t partita_read_cr2(void) {
    uint64_t value;
    __asm__ volatile("movq %%cr2, %0" : "=r"(value));
    return value;
}
PARTITA_INLINE uint64_t partita_read_cr4(void) {
    uint64_t value;
    __asm__ volatile("movq %%cr4, %0" : "=r"(value));
    return value;
}
PARTITA_INLINE void partita_write_cr4(uint64_t value) { __asm__ volatile("movq %0, %%cr4" : : "r"(value) : "memory"); }
PARTITA_INLINE uint64_t partita_read_cr0(void) {
    uint64_t value;
    __asm__ volatile("movq %%cr0, %0" : "=r"(value));
    return value;
}
PARTITA_INLINE void partita_write_cr0(uint64_t value) { __asm__ volatile("movq %0, %%cr0" : : "r"(value) : "memory"); }
PARTITA_INLINE void partita_write_xcr0(uint64_t value) {
    __asm__ volatile("xsetbv" : : "c"(0), "a"((uint32_t)value), "d"((uint32_t)(value >> 32)));
}
// Registers of a CPUID leaf, eax in the low half of .low, ebx in its high half, ecx and edx in .high likewise.
struct partita_cpuid_leaf { uint32_t eax, ebx, ecx, edx; };
PARTITA_INLINE struct partita_cpuid_leaf partita_cpuid(uint32_t leaf, uint32_t subleaf) {
    struct partita_cpuid_leaf r;
    __asm__ volatile("cpuid" : "=a"(r.eax), "=b"(r.ebx), "=c"(r.ecx), "=d"(r.edx) : "a"(leaf), "c"(subleaf));
    return r;
}
// The extended state of all enabled components: saved to one area and loaded from another, or loaded only.
PARTITA_INLINE void partita_exchange_extended_state(void *from, const void *to) {
    __asm__ volatile("xsave64 (%0); xrstor64 (%1)" : : "r"(from), "r"(to), "a"(-1), "d"(-1) : "memory");
}
PARTITA_INLINE void partita_load_extended_state(const void *area) {
    __asm__ volatile("xrstor64 (%0)" : : "r"(area), "a"(-1), "d"(-1) : "memory");
}
// Loads null selectors into the data segment registers, so that a partition's choice does not outlive its turn.
PARTITA_INLINE void partita_clear_data_segments(void) {
    __asm__ volatile("movw %w0, %%ds; movw %w0, %%es; movw %w0, %%fs; movw %w0, %%gs" : : "r"(0) : "memory");
}
struct partita_table_pointer { uint16_t padding[3]; uint16_t limit; uint64_t base; };
PARTITA_INLINE void partita_load_descriptor_tables(uint64_t gdt, uint16_t gdtLimit, uint64_t idt, uint16_t idtLimit) {
    struct partita_table_pointer pointer = {{0, 0, 0}, gdtLimit, gdt};
    __asm__ volatile("lgdt (%0)" : : "r"(&pointer.limit), "m"(pointer));
    pointer.limit = idtLimit;
    pointer.base = idt;
    __asm__ volatile("lidt (%0)" : : "r"(&pointer.limit), "m"(pointer));
}
// There is no local table: after a reset the CPU would take one at address 0.
PARTITA_INLINE void partita_load_segments(void) {
    __asm__ volatile(
        "pushq %0; leaq 1f(%%rip), %%rax; pushq %%rax; lretq; 1: movw %w1, %%ss; ltr %w2; lldt %w3"
        : : "i"(PARTITA_KERNEL_CODE), "r"(PARTITA_KERNEL_DATA), "r"(PARTITA_TASK_STATE), "r"(0) : "rax", "memory");
}
PARTITA_INLINE uint64_t partita_load64(const void *address) { return *(const volatile uint64_t *)address; }
PARTITA_INLINE uint32_t partita_load32(const void *address) { return *(const volatile uint32_t *)address; }
PARTITA_INLINE void partita_store64(void *address, uint64_t value) { *(volatile uint64_t *)address = value; }
PARTITA_INLINE void partita_store32(void *address, uint32_t value) { *(volatile uint32_t *)address = value; }
// (value × scale) >> 32 for a product of up to 96 bits.
PARTITA_INLINE uint64_t partita_scale(uint64_t value, uint64_t scale) {
    uint64_t high;
    __asm__("mulq %2; shrdq $32, %1, %0" : "+a"(value), "=&d"(high) : "r"(scale) : "cc");
    return value;
}
// 128 by 64 bits; the quotient must fit.
PARTITA_INLINE uint64_t partita_divide(uint64_t high, uint64_t low, uint64_t divisor) {
    __asm__("divq %2" : "+a"(low), "+d"(high) : "r"(divisor) : "cc");
    return low;
}
// `rep` moves: eight bytes an instruction of the emulator's count.
PARTITA_INLINE void partita_copy(void *to, const void *from, uint64_t byteCount) {
    uint64_t words = byteCount >> 3, rest = byteCount & 7;
    __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
    if (__builtin_expect(rest != 0, 0))
        __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(rest) : : "memory");
}
// CRC-32C, eight bytes an instruction; what is left over byte by byte.
PARTITA_INLINE uint64_t partita_checksum(const void *from, uint64_t byteCount) {
    uint64_t state = 0xFFFFFFFF;
    const uint8_t *at = (const uint8_t *)from;
    for (; byteCount >= 64; byteCount -= 64, at += 64)
        __asm__("crc32q (%1), %0; crc32q 8(%1), %0; crc32q 16(%1), %0; crc32q 24(%1), %0;"
                "crc32q 32(%1), %0; crc32q 40(%1), %0; crc32q 48(%1), %0; crc32q 56(%1), %0"
                : "+r"(state) : "r"(at), "m"(*(const uint8_t (*)[64])at));
    if (__builtin_expect(byteCount != 0, 0)) {
        for (; byteCount >= 8; byteCount -= 8, at += 8)
            __asm__("crc32q %1, %0" : "+r"(state) : "m"(*(const uint8_t (*)[8])at));
        for (; byteCount > 0; byteCount--, at++) __asm__("crc32b %1, %0" : "+r"(state) : "m"(*at));
    }
    return ~(uint32_t)state;
}
// Both, of what arrived. Messages are mostly whole cache lines, and for them neither has to look for a rest.
PARTITA_INLINE uint64_t partita_copy_and_checksum(void *to, const void *from, uint64_t byteCount) {
    if (__builtin_expect((byteCount & 63) != 0 || byteCount == 0, 0)) {
        partita_copy(to, from, byteCount);
        return partita_checksum(to, byteCount);
    }
    // A word is copied and digested where it has arrived before the next one comes.
    uint64_t state = 0xFFFFFFFF;
#define PARTITA_COPY_WORD "movsq; crc32q -8(%%rdi), %0;"
    do {
        __asm__ volatile(
            PARTITA_COPY_WORD PARTITA_COPY_WORD PARTITA_COPY_WORD PARTITA_COPY_WORD
            PARTITA_COPY_WORD PARTITA_COPY_WORD PARTITA_COPY_WORD PARTITA_COPY_WORD
            : "+r"(state), "+D"(to), "+S"(from) : : "memory");
        byteCount -= 64;
    } while (byteCount != 0);
#undef PARTITA_COPY_WORD
    __asm__("notl %k0" : "+r"(state));  // the upper half becomes 0
    return state;
}
PARTITA_INLINE void partita_fill(void *to, uint64_t byteCount, uint64_t word) {
    uint64_t words = byteCount >> 3;
    __asm__ volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(word) : "memory");
}
PARTITA_INLINE void partita_clear(void *to, uint64_t byteCount) { partita_fill(to, byteCount, 0); }

#endif

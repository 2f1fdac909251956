// Addresses and offsets that assembly and Swift must agree on. Plain macros: read by both.
#ifndef PARTITA_SWITCHER_LAYOUT_H
#define PARTITA_SWITCHER_LAYOUT_H

// Virtual addresses of the switcher's pages, the same in every address space (lineage row L5).
#define PARTITA_SWITCHER_TEXT 0xFFFFFFFF80000000
#define PARTITA_SWITCHER_TEXT_PAGES 3
#define PARTITA_IDT_PAGE 0xFFFFFFFF80004000
#define PARTITA_GDT_PAGE 0xFFFFFFFF80005000
#define PARTITA_TSS_PAGE 0xFFFFFFFF80006000
// The I/O permission bitmap follows the TSS: two pages for 65,536 ports, and one that holds the closing byte.
#define PARTITA_IO_BITMAP 0xFFFFFFFF80007000
#define PARTITA_IO_BITMAP_END 0xFFFFFFFF80009000
#define PARTITA_REGISTER_PAGE 0xFFFFFFFF8000E000
// Stacks; below each lies a page that no address space maps. Each is the register page once more, whose end is free:
// a non-maskable interrupt takes 56 bytes there, and after the other two nothing goes on.
#define PARTITA_NMI_STACK 0xFFFFFFFF80011000
#define PARTITA_DOUBLE_FAULT_STACK 0xFFFFFFFF80013000
#define PARTITA_MACHINE_CHECK_STACK 0xFFFFFFFF80015000
// Words in the TSS's page, which the CPU does not use, are what the switcher needs wherever it enters from: a count of
// non-maskable interrupts, the kernel's stack pointer and CR3, what the last entry found, and with which CR3 and at
// which counter value the last exit left. The page is written in the kernel's address space alone: what a partition's
// space has writable, stacks and register page, a partition may find a way to write (under QEMU's TCG a far call pushes
// with the supervisor's rights), and nothing is believed of it that no entry has just put there.
#define PARTITA_NMI_COUNT (PARTITA_TSS_PAGE + 0x800)
#define PARTITA_KERNEL_STACK (PARTITA_TSS_PAGE + 0x808)
#define PARTITA_KERNEL_ROOT (PARTITA_TSS_PAGE + 0x810)
#define PARTITA_ENTRY_TICKS (PARTITA_TSS_PAGE + 0x818)
#define PARTITA_FOUND_ROOT (PARTITA_TSS_PAGE + 0x820)
#define PARTITA_NEXT_ROOT (PARTITA_TSS_PAGE + 0x828)
#define PARTITA_EXIT_TICKS (PARTITA_TSS_PAGE + 0x830)
// Kernel only: the kernel's own state, at an address that its code can name: no entry has to hand it over.
#define PARTITA_KERNEL_STATE 0xFFFFFFFF8000F000
// Kernel only: the trace ring, mapped twice in a row.
#define PARTITA_KERNEL_RING 0xFFFFFFFFA0000000

// Offsets in a register page.
// How the interrupts of the last exit are held for one instruction: PARTITA_HOLD_….
#define PARTITA_REGISTERS_HOLD 0x20
// Where the instruction is that they are held for, if loads of SS stand before it.
#define PARTITA_REGISTERS_HELD 0x28
// The frame: r15 … rax, vector, error code, rip, cs, rflags, rsp, ss, upwards.
#define PARTITA_REGISTERS_FRAME 0x390
#define PARTITA_REGISTERS_R15 0x390
#define PARTITA_REGISTERS_RAX 0x400
#define PARTITA_REGISTERS_VECTOR 0x408
#define PARTITA_REGISTERS_ERROR 0x410
#define PARTITA_REGISTERS_RIP 0x418
#define PARTITA_REGISTERS_CS 0x420
#define PARTITA_REGISTERS_RFLAGS 0x428
#define PARTITA_REGISTERS_RSP 0x430
#define PARTITA_REGISTERS_SS 0x438
#define PARTITA_REGISTERS_FRAME_END 0x440

// Pages of the kernel's .bss that boot hands out: page tables and small tables of a module of some five partitions.
#define PARTITA_CLEARED_PAGES 96

#define PARTITA_KERNEL_CODE 0x08
#define PARTITA_KERNEL_DATA 0x10
#define PARTITA_USER_DATA 0x1B
#define PARTITA_USER_CODE 0x23
#define PARTITA_TASK_STATE 0x28

// What the switcher has to know of a window's first instruction. The trap flag is the kernel's own; the debug
// exception is the partition's; the instruction stores its flags; it loads them. From bit PARTITA_HOLD_OFFSET on: how
// many bytes of loads of SS stand before that instruction.
#define PARTITA_HOLD_TRAPS 0x100
#define PARTITA_HOLD_REPORTS 1
#define PARTITA_HOLD_STORES_FLAGS 2
#define PARTITA_HOLD_LOADS_FLAGS 4
#define PARTITA_HOLD_OFFSET 16

// The vector word of an entry by `syscall`.
#define PARTITA_SYSCALL_VECTOR 256

// Numbers of the hypercalls (`HypercallNumber`) that may be served at once, and the one behind the last.
#define PARTITA_CALL_ENABLE_INTERRUPT 27
#define PARTITA_CALL_DISABLE_INTERRUPT 28
#define PARTITA_CALL_ACKNOWLEDGE_INTERRUPT 29
#define PARTITA_CALL_READ_TIME 66
#define PARTITA_CALL_SAMPLING_WRITE 69
#define PARTITA_CALL_SAMPLING_READ 70
#define PARTITA_CALL_NOTE 71
#define PARTITA_CALL_NULL 73
#define PARTITA_CALL_READ_STATISTIC 74
#define PARTITA_CALL_RAISE_EVENT 78
#define PARTITA_CALL_QUEUING_SEND 88
#define PARTITA_CALL_QUEUING_RECEIVE 89
#define PARTITA_CALL_READ_QUEUING_STATUS 90
#define PARTITA_CALL_NOTE_WORDS 93
#define PARTITA_CALL_TELL_PROCESS 94
#define PARTITA_CALL_READ_SAMPLING_TIME 95
#define PARTITA_CALLS_AT_ONCE 96

// Greatest number of ticks left to the run of no-operations that ends a pad.
#define PARTITA_PAD_SLED 48
// The same from the reading of the counter in the short way out of `syscall`.
#define PARTITA_SHORT_EXIT_INSTRUCTIONS 16
// Instructions from the last reading of the counter to the first one in ring 3.
#define PARTITA_EXIT_INSTRUCTIONS 24
// Instructions from a pad's target to the first one in ring 3.
#define PARTITA_PAD_INSTRUCTIONS 37

#endif

// What several ways through the switcher share. For switcher.S alone.
#ifndef PARTITA_SWITCHER_MACROS_H
#define PARTITA_SWITCHER_MACROS_H

#include "SwitcherLayout.h"

#define REGISTERS(offset) (PARTITA_REGISTER_PAGE + offset)

// Back to partita_enter's caller with the answer in eax.
    .macro return_to_kernel
    movq    PARTITA_KERNEL_STACK, %rsp
    popq    %rbp
    ret
    .endm

// Of the registers that compiled code may change those which `syscall` has not changed already.
    .macro save_changed_registers
    movq    %rax, REGISTERS(PARTITA_REGISTERS_RAX)
    movq    %rdx, REGISTERS(PARTITA_REGISTERS_RAX - 24)
    movq    %rsi, REGISTERS(PARTITA_REGISTERS_RAX - 32)
    movq    %rdi, REGISTERS(PARTITA_REGISTERS_RAX - 40)
    movq    %r8, REGISTERS(PARTITA_REGISTERS_RAX - 56)
    movq    %r9, REGISTERS(PARTITA_REGISTERS_RAX - 64)
    movq    %r10, REGISTERS(PARTITA_REGISTERS_RAX - 72)
    .endm

// Back to the space in rcx and to its registers, all but rcx and r11; rsp is where `iretq` wants it.
    .macro load_changed_registers
    rdtsc
    shlq    $32, %rdx
    leaq    PARTITA_SHORT_EXIT_INSTRUCTIONS(%rax, %rdx), %rax
    movq    %rax, PARTITA_EXIT_TICKS
    movq    %rcx, %cr3
    movq    $REGISTERS(PARTITA_REGISTERS_RIP), %rsp
    movq    REGISTERS(PARTITA_REGISTERS_RAX), %rax
    movq    REGISTERS(PARTITA_REGISTERS_RAX - 24), %rdx
    movq    REGISTERS(PARTITA_REGISTERS_RAX - 32), %rsi
    movq    REGISTERS(PARTITA_REGISTERS_RAX - 40), %rdi
    movq    REGISTERS(PARTITA_REGISTERS_RAX - 56), %r8
    movq    REGISTERS(PARTITA_REGISTERS_RAX - 64), %r9
    movq    REGISTERS(PARTITA_REGISTERS_RAX - 72), %r10
    .endm

// The rest of the frame, when the short way was not enough; CR3 is the partition's again.
    .macro save_preserved_registers
    movq    %rbx, REGISTERS(PARTITA_REGISTERS_RAX - 8)
    movq    %rbp, REGISTERS(PARTITA_REGISTERS_RAX - 48)
    movq    %r12, REGISTERS(PARTITA_REGISTERS_RAX - 88)
    movq    %r13, REGISTERS(PARTITA_REGISTERS_RAX - 96)
    movq    %r14, REGISTERS(PARTITA_REGISTERS_RAX - 104)
    movq    %r15, REGISTERS(PARTITA_REGISTERS_RAX - 112)
    .endm

#endif

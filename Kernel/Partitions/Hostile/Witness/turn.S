# void witness_turn(void): one yield, with every register that a partition has full of its own pattern before, and all
# of
# them looked at behind the very first instruction of the next window, which reads the time-stamp counter.
#
# Registers cannot hold a base here, so everything is at absolute addresses; the flags of the turn (direction and
# alignment check among them) hold for no instruction that minds.
#include <partition_layout.h>

    .text
    .globl  witness_turn
    .type   witness_turn, @function
witness_turn:
    pushq   %rbx
    pushq   %rbp
    pushq   %r12
    pushq   %r13
    pushq   %r14
    pushq   %r15
    movq    %rsp, turn_stack
    fninit
    fldcw   witness_given + 516
    fildq   witness_given + 520
    ldmxcsr witness_given + 512
    .irp    r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    vmovdqa witness_given + \r * 32, %ymm\r
    .endr
    movq    witness_given + 536, %rbx
    movq    witness_given + 544, %rbp
    movq    witness_given + 552, %rsi
    movq    witness_given + 560, %rdi
    movq    witness_given + 568, %r8
    movq    witness_given + 576, %r9
    movq    witness_given + 584, %r10
    movq    witness_given + 592, %r12
    movq    witness_given + 600, %r13
    movq    witness_given + 608, %r14
    movq    witness_given + 616, %r15
    pushq   witness_given + 528
    popfq
    movl    $PARTITA_YIELD, %eax
    syscall
    rdtsc
    movl    %eax, witness_found + 624
    movl    %edx, witness_found + 628
    pushfq
    popq    witness_found + 528
    cld
    movq    %rbx, witness_found + 536
    movq    %rbp, witness_found + 544
    movq    %rsi, witness_found + 552
    movq    %rdi, witness_found + 560
    movq    %r8, witness_found + 568
    movq    %r9, witness_found + 576
    movq    %r10, witness_found + 584
    movq    %r12, witness_found + 592
    movq    %r13, witness_found + 600
    movq    %r14, witness_found + 608
    movq    %r15, witness_found + 616
    .irp    r, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    vmovdqa %ymm\r, witness_found + \r * 32
    .endr
    stmxcsr witness_found + 512
    fnstcw  witness_found + 516
    fistpq  witness_found + 520
    movw    %ds, witness_found + 632
    movw    %es, witness_found + 634
    movw    %fs, witness_found + 636
    movw    %gs, witness_found + 638
    movq    %fs:0, %rax
    movq    %rax, witness_found + 640
    pushq   $0x202
    popfq
    cmpq    %rsp, turn_stack
    jne     1f
    fninit
    vzeroupper
    movl    default_mxcsr_word, %eax
    ldmxcsr default_mxcsr_word
    popq    %r15
    popq    %r14
    popq    %r13
    popq    %r12
    popq    %rbp
    popq    %rbx
    ret
1:  ud2
    .size   witness_turn, . - witness_turn

    .section .rodata
    .balign 4
default_mxcsr_word:
    .long   0x1F80

    .bss
    .balign 8
turn_stack:
    .skip   8

    .section .note.GNU-stack, "", @progbits

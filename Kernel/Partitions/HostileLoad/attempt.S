# int attempt(void (*deed)(uint64_t), uint64_t argument): HostileLoad.h
#
# An upcall that comes during the deed does not go back to it: it takes the stack as it was before the deed and answers
# 0. One that comes before the deed has begun begins anew, so that every deed is tried.
#include <partition_layout.h>

#define SHARED(offset) (PARTITA_SHARED_PAGE + offset)
#define REAL_TIME_CLOCK 40

    .text
    .globl  attempt
    .type   attempt, @function
attempt:
    pushq   %rbx
    pushq   %rbp
    pushq   %r12
    pushq   %r13
    pushq   %r14
    pushq   %r15
    subq    $8, %rsp
    movq    %rsp, attempt_stack
    movq    %rdi, attempt_deed
    movq    %rsi, attempt_argument
1:  movq    $0, attempt_begun
    incl    SHARED(PARTITA_FLIPS)
    movq    $1, SHARED(PARTITA_VIRTUAL_INTERRUPT_FLAG)
    cmpq    $0, SHARED(PARTITA_PENDING)
    je      2f
    movl    $PARTITA_NULL, %eax
    syscall
2:  movq    $1, attempt_begun
    movq    attempt_argument, %rdi
    call    *attempt_deed
    incl    SHARED(PARTITA_FLIPS)
    movq    $0, SHARED(PARTITA_VIRTUAL_INTERRUPT_FLAG)
    movl    $1, %eax
    jmp     3f

    .globl  attempt_upcall
attempt_upcall:
    incw    SHARED(PARTITA_UPCALLS_ENTERED)
    movq    attempt_stack, %rsp
    movl    $REAL_TIME_CLOCK, %edi
    movl    $PARTITA_ACKNOWLEDGE_INTERRUPT, %eax
    syscall
    incw    SHARED(PARTITA_UPCALLS_RETURNED)
    cmpq    $0, attempt_begun
    je      1b
    xorl    %eax, %eax
3:  cld
    movq    attempt_stack, %rsp
    addq    $8, %rsp
    popq    %r15
    popq    %r14
    popq    %r13
    popq    %r12
    popq    %rbp
    popq    %rbx
    ret
    .size   attempt, . - attempt

# The published tail of a return that is never made.
    .globl  attempt_tail
    .globl  attempt_tail_end
attempt_tail:
    ud2
attempt_tail_end:

    .section .text_end, "ax", @progbits
    .globl  syscall_at_page_end
syscall_at_page_end:
    syscall

    .bss
    .balign 8
attempt_stack:
    .skip   8
attempt_deed:
    .skip   8
attempt_argument:
    .skip   8
attempt_begun:
    .skip   8

    .section .note.GNU-stack, "", @progbits

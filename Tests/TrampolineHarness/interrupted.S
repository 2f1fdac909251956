# The code that gets interrupted: fills every register, the red zone and the flags with known values, waits in a run of
# `nop`, and writes down what it finds afterwards.
    .text
    .globl  harness_interrupted
    .globl  harness_window_start
    .globl  harness_window_end
    .type   harness_interrupted, @function
harness_interrupted:
    pushq   %rbx
    pushq   %rbp
    pushq   %r12
    pushq   %r13
    pushq   %r14
    pushq   %r15
    subq    $24, %rsp
    stmxcsr (%rsp)
    fnstcw  4(%rsp)

    # Not the default control words, and two values on the x87 stack.
    fninit
    fldcw   test_x87_control(%rip)
    ldmxcsr test_mxcsr(%rip)
    fld1
    fldpi
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movdqu  harness_vectors + 16 * \n(%rip), %xmm\n
    .endr

    # Carry, parity, adjust, zero, sign, overflow, and the trap flag, which steps the thread from here on.
    pushq   $0x9D7
    popfq
    .irp n, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128
    movq    $0x5A5A0000 + \n, -\n(%rsp)
    .endr
    movq    $0x11111111, %rax
    movq    $0x22222222, %rbx
    movq    $0x33333333, %rcx
    movq    $0x44444444, %rdx
    movq    $0x55555555, %rsi
    movq    $0x66666666, %rdi
    movq    $0x77777777, %rbp
    movabsq $0x8888888888888888, %r8
    movabsq $0x9999999999999999, %r9
    movabsq $0xAAAAAAAAAAAAAAAA, %r10
    movabsq $0xBBBBBBBBBBBBBBBB, %r11
    movabsq $0xCCCCCCCCCCCCCCCC, %r12
    movabsq $0xDDDDDDDDDDDDDDDD, %r13
    movabsq $0xEEEEEEEEEEEEEEEE, %r14
    movabsq $0xFFFFFFFFFFFFFFFF, %r15
harness_window_start:
    .rept   400
    nop
    .endr
harness_window_end:
    movq    %rax, harness_found(%rip)
    movq    %rbx, harness_found + 8(%rip)
    movq    %rcx, harness_found + 16(%rip)
    movq    %rdx, harness_found + 24(%rip)
    movq    %rsi, harness_found + 32(%rip)
    movq    %rdi, harness_found + 40(%rip)
    movq    %rbp, harness_found + 48(%rip)
    movq    %r8, harness_found + 56(%rip)
    movq    %r9, harness_found + 64(%rip)
    movq    %r10, harness_found + 72(%rip)
    movq    %r11, harness_found + 80(%rip)
    movq    %r12, harness_found + 88(%rip)
    movq    %r13, harness_found + 96(%rip)
    movq    %r14, harness_found + 104(%rip)
    movq    %r15, harness_found + 112(%rip)
    .irp n, 8, 16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128
    movq    -\n(%rsp), %rax
    movq    %rax, harness_found_red_zone + \n - 8(%rip)
    .endr
    pushfq
    popq    harness_found_flags(%rip)
    .irp n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movdqu  %xmm\n, harness_found_vectors + 16 * \n(%rip)
    .endr
    stmxcsr harness_found_mxcsr(%rip)
    fnstcw  harness_found_x87_control(%rip)
    fstpl   harness_found_x87(%rip)
    fstpl   harness_found_x87 + 8(%rip)

    fninit
    fldcw   4(%rsp)
    ldmxcsr (%rsp)
    addq    $24, %rsp
    popq    %r15
    popq    %r14
    popq    %r13
    popq    %r12
    popq    %rbp
    popq    %rbx
    ret
    .size   harness_interrupted, . - harness_interrupted

    .section .rodata
    .p2align 2
test_mxcsr:
    .long   0x7FA0                          # round to zero, precision flag set
test_x87_control:
    .word   0x0F7F                          # round to zero

    .section .note.GNU-stack, "", @progbits

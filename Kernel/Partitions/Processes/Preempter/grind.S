# void grind(void): storm.c
#
# All general registers but the stack pointer hold a word of their own, all SSE registers two, MXCSR and the x87 unit
# what no other process has, and so do the 128 bytes below the stack pointer, which belong to a function that calls
# none. In the loop nothing but memory changes; behind it everything is looked at.
    .macro  expect_same bit
    je      9f
    btsq    $\bit, grind_damage(%rip)
9:
    .endm

    # rax has been looked at, and is free here.
    .macro  expect_sse index
    movups  %xmm\index, seen(%rip)
    movq    seen(%rip), %rax
    cmpq    words + 8 * (16 + 2 * \index)(%rip), %rax
    expect_same (16 + \index)
    movq    seen + 8(%rip), %rax
    cmpq    words + 8 * (17 + 2 * \index)(%rip), %rax
    expect_same (16 + \index)
    .endm

    .text
    .globl  grind
    .type   grind, @function
grind:
    pushq   %rbp
    pushq   %rbx
    pushq   %r12
    pushq   %r13
    pushq   %r14
    pushq   %r15
    movq    %rsp, stack_pointer(%rip)
    stmxcsr former_mxcsr(%rip)
    fnstcw  former_control(%rip)
    fldcw   own_control(%rip)
    fldl    own_number(%rip)

1:  ldmxcsr own_mxcsr(%rip)
    .irp    index, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    movups  words + 8 * (16 + 2 * \index)(%rip), %xmm\index
    movq    words + 8 * (16 + 2 * \index)(%rip), %rax
    movq    %rax, -8 * (1 + \index)(%rsp)
    .endr
    movq    words + 8 * 0(%rip), %rax
    movq    words + 8 * 1(%rip), %rbx
    movq    words + 8 * 2(%rip), %rcx
    movq    words + 8 * 3(%rip), %rdx
    movq    words + 8 * 4(%rip), %rsi
    movq    words + 8 * 5(%rip), %rdi
    movq    words + 8 * 6(%rip), %rbp
    movq    words + 8 * 7(%rip), %r8
    movq    words + 8 * 8(%rip), %r9
    movq    words + 8 * 9(%rip), %r10
    movq    words + 8 * 10(%rip), %r11
    movq    words + 8 * 11(%rip), %r12
    movq    words + 8 * 12(%rip), %r13
    movq    words + 8 * 13(%rip), %r14
    movq    words + 8 * 14(%rip), %r15
    movl    $500, spins(%rip)
2:  decl    spins(%rip)
    jnz     2b

    cmpq    %rsp, stack_pointer(%rip)
    expect_same 36
    cmpq    words + 8 * 0(%rip), %rax
    expect_same 0
    cmpq    words + 8 * 1(%rip), %rbx
    expect_same 1
    cmpq    words + 8 * 2(%rip), %rcx
    expect_same 2
    cmpq    words + 8 * 3(%rip), %rdx
    expect_same 3
    cmpq    words + 8 * 4(%rip), %rsi
    expect_same 4
    cmpq    words + 8 * 5(%rip), %rdi
    expect_same 5
    cmpq    words + 8 * 6(%rip), %rbp
    expect_same 6
    cmpq    words + 8 * 7(%rip), %r8
    expect_same 7
    cmpq    words + 8 * 8(%rip), %r9
    expect_same 8
    cmpq    words + 8 * 9(%rip), %r10
    expect_same 9
    cmpq    words + 8 * 10(%rip), %r11
    expect_same 10
    cmpq    words + 8 * 11(%rip), %r12
    expect_same 11
    cmpq    words + 8 * 12(%rip), %r13
    expect_same 12
    cmpq    words + 8 * 13(%rip), %r14
    expect_same 13
    cmpq    words + 8 * 14(%rip), %r15
    expect_same 14
    .irp    index, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    expect_sse \index
    movq    -8 * (1 + \index)(%rsp), %rax
    cmpq    words + 8 * (16 + 2 * \index)(%rip), %rax
    expect_same 35
    .endr
    stmxcsr seen(%rip)
    movl    seen(%rip), %eax
    cmpl    own_mxcsr(%rip), %eax
    expect_same 32
    fnstcw  seen(%rip)
    movw    seen(%rip), %ax
    cmpw    own_control(%rip), %ax
    expect_same 33
    fstl    seen(%rip)
    movq    seen(%rip), %rax
    cmpq    own_number(%rip), %rax
    expect_same 34
    incq    grind_rounds(%rip)
    cmpl    $0, grind_stop(%rip)
    je      1b

    fstp    %st(0)
    fldcw   former_control(%rip)
    ldmxcsr former_mxcsr(%rip)
    popq    %r15
    popq    %r14
    popq    %r13
    popq    %r12
    popq    %rbx
    popq    %rbp
    ret
    .size   grind, . - grind

    .section .rodata
    .p2align 4
words:
    .irp    index, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23
    .quad   0x0101010101010101 * (0x11 + \index)
    .quad   0x0101010101010101 * (0x41 + \index)
    .endr
own_number:
    .double 0.1
own_mxcsr:
    .long   0xFF80                          # towards zero, denormals flushed
own_control:
    .word   0x027F                          # 53 bits

    .bss
    .p2align 4
seen:
    .skip   16
stack_pointer:
    .skip   8
former_mxcsr:
    .skip   4
former_control:
    .skip   2
    .p2align 2
spins:
    .skip   4

    .section .note.GNU-stack, "", @progbits

# The switch between flows of one partition: registers that a called function preserves, and the control words of SSE
# and x87, on the stack that is left; the same back from the stack that is entered. No kernel entry.
    .text
    .globl  partita_flow_switch
    .type   partita_flow_switch, @function
    .p2align 4
partita_flow_switch:
    pushq   %rbp
    pushq   %rbx
    pushq   %r12
    pushq   %r13
    pushq   %r14
    pushq   %r15
    subq    $8, %rsp
    stmxcsr (%rsp)
    fnstcw  4(%rsp)
    movq    %rsp, (%rdi)
    movq    %rsi, %rsp
    ldmxcsr (%rsp)
    fldcw   4(%rsp)
    addq    $8, %rsp
    popq    %r15
    popq    %r14
    popq    %r13
    popq    %r12
    popq    %rbx
    popq    %rbp
    ret
    .size   partita_flow_switch, . - partita_flow_switch

    .globl  partita_flow_prepare
    .type   partita_flow_prepare, @function
partita_flow_prepare:
    leaq    -64(%rdi), %rax
    movl    $0x1F80, (%rax)                 # MXCSR and x87 control word as a C program begins
    movl    $0x037F, 4(%rax)
    movq    $0, 8(%rax)                     # r15, r14, r13
    movq    $0, 16(%rax)
    movq    $0, 24(%rax)
    movq    %rsi, 32(%rax)                  # r12: the entry
    movq    $0, 40(%rax)                    # rbx, rbp
    movq    $0, 48(%rax)
    leaq    flow_begin(%rip), %rcx
    movq    %rcx, 56(%rax)
    ret
    .size   partita_flow_prepare, . - partita_flow_prepare

# The stack pointer is `top` here, a multiple of 16, as the ABI wants it before a call.
    .type   flow_begin, @function
flow_begin:
    callq   *%r12
    ud2                                     # an entry does not return
    .size   flow_begin, . - flow_begin

    .section .note.GNU-stack, "", @progbits

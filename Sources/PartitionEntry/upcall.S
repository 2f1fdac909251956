# The upcall trampoline and the user-space return.
#
# The kernel has laid the interrupted context on the stack (UpcallFrame, 192 bytes, at rsp), has cleared the virtual
# interrupt flag, and enters here with rdi = vector, rsi = marks, rdx = handler or 0, rcx = ordinal. The return needs no
# kernel entry unless more marks wait.
#
# From partita_upcall_tail_start to partita_upcall_tail_end the frame lies at rsp, until only `popfq` and `ret` are
# left: then rsp is just below the interrupted code's red zone, where the kernel put flags and instruction pointer.
# Nothing writes to the frame. The kernel, finding rip in there with the flag set, lays no second frame: it
# delivers the next upcall on this one. So a storm of interrupts cannot nest for ever, and the code below must keep to
# three rules:
#   - the frame is only read, until `ret` has left it;
#   - the pending word is tested after the flag is set, or a mark in between would sleep until the next kernel entry;
#   - `popfq` and `ret $128` are the last two instructions, and the first to find rsp moved.
#include "partition_layout.h"

    .text
    .globl  partita_upcall_entry
    .globl  partita_upcall_tail_start
    .globl  partita_upcall_tail_end
    .globl  partita_upcall_leave
    .globl  partita_upcall_restore
    .hidden partita_upcall_leave
    .hidden partita_upcall_restore
    .type   partita_upcall_entry, @function
    .p2align 4
partita_upcall_entry:
    movl    $PARTITA_SHARED_PAGE, %ebx
    incw    PARTITA_UPCALLS_ENTERED(%rbx)
    movq    %rsp, %rbp                      # the frame; rbx and rbp survive the handler
    testq   %rdx, %rdx
    jz      2f                              # nobody handles the line: back at once
    movq    %rdx, %r12

    # The interrupted code's x87, SSE and AVX state; the header behind the legacy area must be zero for xrstor.
    movl    $PARTITA_INFORMATION_PAGE, %r13d
    subq    PARTITA_EXTENDED_STATE_BYTES(%r13), %rsp
    andq    $-64, %rsp
    xorl    %eax, %eax
    movq    %rax, 512(%rsp)
    movq    %rax, 520(%rsp)
    movq    %rax, 528(%rsp)
    movq    %rax, 536(%rsp)
    movq    %rax, 544(%rsp)
    movq    %rax, 552(%rsp)
    movq    %rax, 560(%rsp)
    movq    %rax, 568(%rsp)
    movl    PARTITA_EXTENDED_STATE_MASK(%r13), %eax
    movl    PARTITA_EXTENDED_STATE_MASK + 4(%r13), %edx
    xsave64 (%rsp)

    # The handler gets what the C ABI promises every function: an empty x87 stack and the default control words.
    fninit
    ldmxcsr default_mxcsr(%rip)
    movq    %rsp, %r14
    callq   *%r12

    movq    %r14, %rsp
    movl    PARTITA_EXTENDED_STATE_MASK(%r13), %eax
    movl    PARTITA_EXTENDED_STATE_MASK + 4(%r13), %edx
    xrstor64 (%rsp)
    # The handler may have switched the flag on and been interrupted itself. From the count on this upcall is no more
    # unfinished, so no other may lay a frame below it.
    cmpq    $0, PARTITA_VIRTUAL_INTERRUPT_FLAG(%rbx)
    je      1f
    incl    PARTITA_FLIPS(%rbx)
    movq    $0, PARTITA_VIRTUAL_INTERRUPT_FLAG(%rbx)
1:  movq    %rbp, %rsp

2:  incw    PARTITA_UPCALLS_RETURNED(%rbx)
partita_upcall_leave:                       # exceptions come here too: rbx = shared page, rsp = frame, flag 0
    cmpq    $0, PARTITA_PENDING(%rbx)
    jne     partita_upcall_tail_start       # flag still 0: the kernel restores, or delivers the next
    incl    PARTITA_FLIPS(%rbx)
    jmp     3f

partita_upcall_tail_start:
    # The hypercall lies inside the range too: it is reached with the flag set as well, and an interrupt then must not
    # nest.
    movl    $PARTITA_RETURN_FROM_UPCALL, %eax
    syscall
    ud2                                     # comes back only if the frame was refused: let the health monitor know

3:  movq    $1, PARTITA_VIRTUAL_INTERRUPT_FLAG(%rbx)
    cmpq    $0, PARTITA_PENDING(%rbx)
    jne     partita_upcall_tail_start
partita_upcall_restore:
    movq    0(%rsp), %rax
    movq    8(%rsp), %rbx
    movq    16(%rsp), %rcx
    movq    24(%rsp), %rdx
    movq    32(%rsp), %rsi
    movq    40(%rsp), %rdi
    movq    48(%rsp), %rbp
    movq    56(%rsp), %r8
    movq    64(%rsp), %r9
    movq    72(%rsp), %r10
    movq    80(%rsp), %r11
    movq    88(%rsp), %r12
    movq    96(%rsp), %r13
    movq    104(%rsp), %r14
    movq    112(%rsp), %r15
    movq    PARTITA_FRAME_RETURN_STACK(%rsp), %rsp
    popfq
    retq    $128
partita_upcall_tail_end:
    .size   partita_upcall_entry, . - partita_upcall_entry

    .section .rodata
    .p2align 2
default_mxcsr:
    .long   0x1F80

    .section .note.GNU-stack, "", @progbits

# The upcall handler that may switch to another process, on the interrupted one's stack.
#
# The layer's trampoline (upcall.S) calls it with rbx = shared page, rbp = frame, r13 = information page and r14 = saved
# extended state. Where the process was left and entered again, its upcall was counted as returned when it was left: a
# second count would be one that never was, so the way back is this one's own. The flag is off all the time.
#include <partition_layout.h>

    .text
    .globl  partita_preemption_entry
    .type   partita_preemption_entry, @function
    .p2align 4
partita_preemption_entry:
    subq    $8, %rsp                        # the ABI's alignment
    callq   partita_preempt
    testl   %eax, %eax
    jnz     1f
    addq    $8, %rsp
    ret
1:  movq    %r14, %rsp
    movl    PARTITA_EXTENDED_STATE_MASK(%r13), %eax
    movl    PARTITA_EXTENDED_STATE_MASK + 4(%r13), %edx
    xrstor64 (%rsp)
    movq    %rbp, %rsp
    jmp     partita_upcall_leave
    .size   partita_preemption_entry, . - partita_preemption_entry

    .section .note.GNU-stack, "", @progbits

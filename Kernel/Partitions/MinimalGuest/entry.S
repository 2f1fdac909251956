# The guest's own trampolines. A task that the kernel interrupts for an upcall or an exception is saved where it is: the
# kernel has laid its registers on its stack (UpcallFrame), and below them goes its x87, SSE and AVX state. The guest
# then works on a stack of its own, masked from end to end, and answers whose frame goes on: the same task's or
# another's.
#
# A frame at rest, whichever way it came: return words in place, and in the word of the error code whether its task
# takes upcalls. The way out is the layer's (partita_upcall_leave, _restore), which is the published tail that the
# kernel knows.
#
# Each way in counts one return on the way out, of its own kind, whoever's frame goes on. So as many upcalls return as
# were entered, the depth never exceeds one, and an exception whose task never comes back is counted all the same.
#include <partition_layout.h>

#define FRAME_ENABLED PARTITA_FRAME_ERROR_CODE

    .macro  save_state
    movl    $PARTITA_SHARED_PAGE, %ebx
    movl    $PARTITA_INFORMATION_PAGE, %r13d
    movq    %rsp, %rbp                      # the frame
    movq    %rdx, %r12                      # the guest's dispatcher
    subq    PARTITA_EXTENDED_STATE_BYTES(%r13), %rsp
    andq    $-64, %rsp
    xorl    %eax, %eax
    .irp    offset, 512, 520, 528, 536, 544, 552, 560, 568
    movq    %rax, \offset(%rsp)             # the header behind the legacy area must be zero for xrstor
    .endr
    movl    PARTITA_EXTENDED_STATE_MASK(%r13), %eax
    movl    PARTITA_EXTENDED_STATE_MASK + 4(%r13), %edx
    xsave64 (%rsp)
    fninit
    ldmxcsr default_mxcsr(%rip)
    leaq    guest_kernel_stack_top(%rip), %rsp
    .endm

    .macro  restore_state                   # rax: the frame that goes on
    movq    %rax, %rbp
    movq    %rax, %rsp
    subq    PARTITA_EXTENDED_STATE_BYTES(%r13), %rsp
    andq    $-64, %rsp
    movl    PARTITA_EXTENDED_STATE_MASK(%r13), %eax
    movl    PARTITA_EXTENDED_STATE_MASK + 4(%r13), %edx
    xrstor64 (%rsp)
    movq    %rbp, %rsp
    .endm

    .text
    .globl  guest_upcall_entry
    .type   guest_upcall_entry, @function
    .p2align 4
guest_upcall_entry:                         # rdi = vector, rsi = marks, rdx = handler
    incw    PARTITA_SHARED_PAGE + PARTITA_UPCALLS_ENTERED
    save_state
    movq    $1, FRAME_ENABLED(%rbp)
    movq    %rbp, %rdx
    callq   *%r12                           # (vector, marks, frame)
    restore_state
    incw    PARTITA_UPCALLS_RETURNED(%rbx)
    jmp     leave
    .size   guest_upcall_entry, . - guest_upcall_entry

    .globl  guest_exception_entry
    .type   guest_exception_entry, @function
    .p2align 4
guest_exception_entry:                      # rdi = vector, rsi = error code, rdx = handler, rcx = fault address
    save_state
    movq    %rcx, %rdx
    movq    %rbp, %rcx
    callq   *%r12                           # (vector, error code, fault address, frame)
    restore_state
    incl    PARTITA_EXCEPTIONS_RETURNED(%rbx)
leave:
    cmpq    $0, FRAME_ENABLED(%rsp)
    je      partita_upcall_restore
    jmp     partita_upcall_leave
    .size   guest_exception_entry, . - guest_exception_entry

# The one division of the guest that may fault; its exception table knows where to go on.
    .globl  guest_divide, guest_divide_fault, guest_divide_repair
    .type   guest_divide, @function
guest_divide:
    movq    %rdi, %rax
    xorl    %edx, %edx
guest_divide_fault:
    divq    %rsi
    retq
guest_divide_repair:
    movq    $-1, %rax
    retq
    .size   guest_divide, . - guest_divide

# A task asks the guest for something: a closed gate, so the kernel reflects a protection fault that names it.
    .globl  guest_call
    .type   guest_call, @function
guest_call:
    movq    %rdi, %rax
    movq    %rsi, %rdi
    movq    %rdx, %rsi
    int     $0x80
    retq
    .size   guest_call, . - guest_call

    .bss
    .globl  guest_kernel_stack, guest_kernel_stack_top
    .p2align 6
guest_kernel_stack:
    .skip   16384
guest_kernel_stack_top:

    .section .rodata
    .p2align 2
default_mxcsr:
    .long   0x1F80

    .section .note.GNU-stack, "", @progbits

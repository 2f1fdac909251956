# The exception trampoline: a CPU exception of this partition, or an error of process level, on its way to the
# partition's own handler and back.
#
# The kernel has laid the interrupted context on the stack (UpcallFrame with the three words of its cause, at rsp), has
# cleared the virtual interrupt flag, and enters here with rdi = vector, rsi = error code, rdx = handler, rcx = fault
# address. The handler is called as
#     void handler(uint64_t vector, struct partita_exception_frame *frame, uint64_t error_code, uint64_t fault_address)
# and may change rip, rflags, rsp and the general registers in the frame: the context that comes back is the frame's.
#
# Until `incl PARTITA_EXCEPTIONS_RETURNED` below, a further exception is one inside the handler, and the health
# monitor's. From there on the code is that of the upcalls' published tail, whose faults are the health monitor's too.
#include "partition_layout.h"

    .text
    .globl  partita_exception_entry
    .type   partita_exception_entry, @function
    .p2align 4
partita_exception_entry:
    movl    $PARTITA_SHARED_PAGE, %ebx
    movq    %rsp, %rbp                      # the frame; rbx and rbp survive the handler
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

    fninit
    ldmxcsr default_mxcsr(%rip)
    movq    %rsp, %r14
    movq    %rbp, %rsi
    movq    PARTITA_FRAME_ERROR_CODE(%rbp), %rdx
    movq    PARTITA_FRAME_FAULT_ADDRESS(%rbp), %rcx
    callq   *%r12

    movq    %r14, %rsp
    movl    PARTITA_EXTENDED_STATE_MASK(%r13), %eax
    movl    PARTITA_EXTENDED_STATE_MASK + 4(%r13), %edx
    xrstor64 (%rsp)
    # The handler may have switched the flag on; from here on no upcall may lay a frame below this one.
    cmpq    $0, PARTITA_VIRTUAL_INTERRUPT_FLAG(%rbx)
    je      1f
    incl    PARTITA_FLIPS(%rbx)
    movq    $0, PARTITA_VIRTUAL_INTERRUPT_FLAG(%rbx)
1:
    # The return words lie below the red zone of the stack pointer that comes back. Where the handler has changed that,
    # the frame moves along, so that the words lie behind it and not in it.
    movq    PARTITA_FRAME_CAUSE(%rbp), %r12
    movq    PARTITA_FRAME_RETURN(%rbp), %r8             # rip
    movq    PARTITA_FRAME_RETURN + 16(%rbp), %r9        # rflags
    movq    PARTITA_FRAME_RETURN + 24(%rbp), %r10       # rsp
    leaq    -(128 + PARTITA_FRAME_BYTES)(%r10), %r11
    andq    $-16, %r11
    movl    $PARTITA_FRAME_RETURN_STACK / 8, %ecx
    movq    %rbp, %rsi
    movq    %r11, %rdi
    cmpq    %rbp, %r11
    je      3f
    jb      2f
    # Upwards: from the last word to the first, or the words would overwrite each other.
    addq    $PARTITA_FRAME_RETURN_STACK - 8, %rsi
    addq    $PARTITA_FRAME_RETURN_STACK - 8, %rdi
    std
2:  rep movsq
    cld
3:  subq    $PARTITA_RETURN_WORDS_DEPTH, %r10
    movq    %r10, PARTITA_FRAME_RETURN_STACK(%r11)
    movq    %r9, (%r10)
    movq    %r8, 8(%r10)
    movq    %r11, %rsp

    incl    PARTITA_EXCEPTIONS_RETURNED(%rbx)
    btl     $PARTITA_FRAME_CAUSE_ENABLED_BIT, %r12d
    jc      partita_upcall_leave
    jmp     partita_upcall_restore          # the flag was off, and stays so
    .size   partita_exception_entry, . - partita_exception_entry

    .section .rodata
    .p2align 2
default_mxcsr:
    .long   0x1F80

    .section .note.GNU-stack, "", @progbits

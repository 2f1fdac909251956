# Instructions for which the kernel's way of holding interrupts at a window's start could show. Each case is
#     void case_NAME(uint64_t number)
# and makes hypercall `number` before the instruction under test: with YIELD that is the first of the next window, with
# NULL it is one among others. What it finds goes to case_found; an exception goes on at case_resume.
#include <partition_layout.h>

    .text
    .macro  case name
    .globl  case_\name
    .type   case_\name, @function
case_\name:
    pushq   $0x202                          # the same flags, whoever called
    popfq
    .endm
    .macro  flags_to place
    pushfq
    popq    case_found + \place
    .endm

    case    pushf
    movl    %edi, %eax
    syscall
    pushfq
    popq    case_found
    flags_to 8
    ret

    case    pushf_short                     # 16 bits, and a prefix before the opcode
    movl    %edi, %eax
    syscall
    pushfw
    popw    case_found
    flags_to 8
    ret

    case    popf
    pushq   $0xAD7                          # all of the arithmetic flags
    movl    %edi, %eax
    syscall
    popfq
    flags_to 0
    ret

    case    popf_to_trap                    # the trap comes behind the next instruction
    pushq   $0x302
    movl    %edi, %eax
    syscall
    popfq
    nop
    flags_to 0
    ret

    case    system_call
    movl    %edi, %eax
    syscall
    syscall                                 # number 0 is none
    movq    %r11, case_found
    movq    %rax, case_found + 16
    flags_to 8
    ret

    case    system_call_prefixed
    movl    %edi, %eax
    syscall
    .byte   0x48, 0x0F, 0x05
    movq    %r11, case_found
    flags_to 8
    ret

    case    invalid
    movq    $1f, case_resume
    movl    %edi, %eax
    syscall
    ud2
1:  flags_to 0
    ret

    case    software_interrupt
    movq    $1f, case_resume
    movl    %edi, %eax
    syscall
    int     $0x80
1:  flags_to 0
    ret

    case    load
    movq    $1f, case_resume
    movl    %edi, %eax
    syscall
    movq    0, %rdx
1:  flags_to 0
    ret

    case    fetch                           # the text ends behind the hypercall
    movq    $1f, case_resume
    movl    %edi, %eax
    jmp     syscall_at_page_end
1:  flags_to 0
    ret

    case    scan                            # until the zero that ends the text
    movl    %edi, %eax
    movl    $case_text, %edi
    syscall
    repne   scasb
    movq    %rdi, case_found
    flags_to 8
    ret

    case    stack_segment
    pushq   %rbx
    movl    %ss, %ebx
    movl    %edi, %eax
    syscall
    movl    %ebx, %ss
    flags_to 0
    flags_to 8
    popq    %rbx
    ret

    case    stack_segment_memory            # with all that an operand in memory may have
    pushq   %rbx
    movl    %ss, %ebx
    subq    $24, %rsp
    movq    %rbx, 16(%rsp)
    movq    $-1, %rbx
    movl    %edi, %eax
    syscall
    movw    18(%rsp, %rbx, 2), %ss
    flags_to 0
    flags_to 8
    addq    $24, %rsp
    popq    %rbx
    ret

    case    stack_segment_pushf             # the flags are stored before the trap would come
    pushq   %rbx
    movl    %ss, %ebx
    movl    %edi, %eax
    syscall
    movl    %ebx, %ss
    pushfq
    popq    case_found
    flags_to 8
    popq    %rbx
    ret

    case    stack_segments_pushf            # as many loads as are looked through
    pushq   %rbx
    movl    %ss, %ebx
    movl    %edi, %eax
    syscall
    movl    %ebx, %ss
    .byte   0x66, 0x8E, 0xD3                # movw %bx, %ss
    .byte   0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x8E, 0xD3
    movl    %ebx, %ss
    pushfw
    popw    case_found
    flags_to 8
    popq    %rbx
    ret

    case    stack_segments_system_call      # more of them than that
    pushq   %rbx
    movl    %ss, %ebx
    movl    %edi, %eax
    syscall
    .rept   300
    movl    %ebx, %ss
    .endr
    syscall                                 # number 0 is none
    movq    %r11, case_found
    flags_to 8
    popq    %rbx
    ret

    case    stack_segment_popf
    pushq   %rbx
    movl    %ss, %ebx
    pushq   $0xAD7
    movl    %edi, %eax
    syscall
    movl    %ebx, %ss
    popfq
    flags_to 0
    popq    %rbx
    ret

    case    stack_segment_popf_to_trap
    pushq   %rbx
    movl    %ss, %ebx
    pushq   $0x302
    movl    %edi, %eax
    syscall
    movl    %ebx, %ss
    popfq
    nop
    flags_to 0
    popq    %rbx
    ret

    // QEMU before 9.1 reads IRET's frame as the kernel would, so that SMAP forbids it: there both ways lead through
    // the exception.
    .macro  frame_to label                  # what IRETQ takes, with the stack as it is now
    pushq   %rbp
    movq    %rsp, %rbp
    movq    $\label, case_resume
    movl    %ss, %ecx
    pushq   %rcx
    pushq   %rbp
    pushq   $0xAD7
    movl    %cs, %ecx
    pushq   %rcx
    pushq   $\label
    .endm

    case    interrupt_return
    frame_to 1f
    movl    %edi, %eax
    syscall
    iretq
1:  movq    %rbp, %rsp
    flags_to 0
    flags_to 8
    popq    %rbp
    ret

    case    stack_segment_interrupt_return
    pushq   %rbx
    movl    %ss, %ebx
    frame_to 1f
    movl    %edi, %eax
    syscall
    movl    %ebx, %ss
    iretq
1:  movq    %rbp, %rsp
    flags_to 0
    flags_to 8
    popq    %rbp
    popq    %rbx
    ret

    case    stack_segment_system_call
    pushq   %rbx
    movl    %ss, %ebx
    movl    %edi, %eax
    syscall
    movl    %ebx, %ss
    syscall                                 # number 0 is none
    movq    %r11, case_found
    movq    %rax, case_found + 16
    flags_to 8
    popq    %rbx
    ret

    case    stack_segment_debug_exception
    pushq   %rbx
    movl    %ss, %ebx
    movq    $1f, case_resume
    movl    %edi, %eax
    syscall
    movl    %ebx, %ss
    .byte   0xF1                            # INT1
1:  flags_to 0
    flags_to 8
    popq    %rbx
    ret

    case    debug_exception                 # the emulator takes it for an invalid opcode
    movq    $1f, case_resume
    movl    %edi, %eax
    syscall
    .byte   0xF1                            # INT1
1:  flags_to 0
    flags_to 8
    ret

    case    own_trap                        # every exception of it is the health monitor's
    pushfq
    orq     $0x100, (%rsp)
    popfq
    movl    %edi, %eax
    syscall
    nop
    pushfq
    popq    case_found
    nop
    pushq   $0x202
    popfq
    flags_to 8
    ret

    case    own_trap_pushf
    pushfq
    orq     $0x100, (%rsp)
    popfq
    movl    %edi, %eax
    syscall
    pushfq
    popq    case_found
    pushq   $0x202
    popfq
    flags_to 8
    ret

    case    own_trap_system_call
    pushfq
    orq     $0x100, (%rsp)
    popfq
    movl    %edi, %eax
    syscall
    syscall
    movq    %r11, case_found
    pushq   $0x202
    popfq
    flags_to 8
    ret

    case    own_trap_stack_segment_pushf
    pushq   %rbx
    movl    %ss, %ebx
    pushfq
    orq     $0x100, (%rsp)
    popfq
    movl    %edi, %eax
    syscall
    movl    %ebx, %ss
    pushfq
    popq    case_found
    pushq   $0x202
    popfq
    flags_to 8
    popq    %rbx
    ret

    case    own_trap_stack_segment_system_call
    pushq   %rbx
    movl    %ss, %ebx
    pushfq
    orq     $0x100, (%rsp)
    popfq
    movl    %edi, %eax
    syscall
    movl    %ebx, %ss
    syscall
    movq    %r11, case_found
    pushq   $0x202
    popfq
    flags_to 8
    popq    %rbx
    ret

    .section .rodata
case_text:
    .asciz  "forty characters and one more to be scanned"

    .data
    .balign 8
    .globl  case_found
case_found:
    .skip   24
    .globl  case_resume
case_resume:
    .quad   0

    .section .note.GNU-stack, "", @progbits
